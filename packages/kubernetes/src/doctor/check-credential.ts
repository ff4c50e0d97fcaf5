import { X509Certificate } from 'node:crypto';
import { type Finding, type FindingBody, look, type RunContext } from '@kanikit/spec';
import type {
  ClientCredential,
  ClusterConnection,
  Impersonation,
} from '../api/connection/cluster-connection.ts';

/** A credential that ends within this time may not outlive a build. */
const shortLifeMs = 3600 * 1000;
/** Plugins may ask a server or a person. */
const pluginTimeoutMs = 20_000;

/** Which kind of credential this client has and how long it holds; never the credential itself. */
export function checkCredential(
  { credential, impersonation }: ClusterConnection,
  run: RunContext,
): Promise<Finding> {
  const named = { check: 'credential', title: 'Credential', timeoutMs: pluginTimeoutMs };
  return look(named, run, async ({ signal, now }) => {
    const isRenewed = typeof credential === 'function';
    const found = isRenewed ? await credential({ isRejected: false, signal }) : (credential ?? {});
    const body = describe(found, isRenewed, now());
    if (impersonation === undefined) return body;
    return {
      ...body,
      message: `${body.message}; acts as ${actorWords(impersonation)} (as in the kubeconfig)`,
    };
  });
}

function actorWords({ user, groups = [] }: Impersonation): string {
  return groups.length === 0 ? user : `${user} of ${groups.join(', ')}`;
}

function describe(found: ClientCredential, isRenewed: boolean, now: number): FindingBody {
  if (found.token !== undefined && found.token !== '') {
    const kind = isRenewed ? 'a token that is renewed by itself' : 'a token';
    return lifeOf(kind, tokenEnd(found.token), isRenewed, now);
  }
  if (found.basic !== undefined) return { status: 'ok', message: 'name and password' };
  if (found.certificate !== undefined) return ofCertificate(found.certificate, isRenewed, now);
  return {
    status: 'warning',
    message: 'none: the server sees an anonymous user',
    hint: 'Log in to the cluster, or name another context.',
  };
}

function ofCertificate(pem: string, isRenewed: boolean, now: number): FindingBody {
  try {
    const { subject, validTo } = new X509Certificate(pem);
    const name = /^CN=(.*)$/m.exec(subject)?.[1];
    const kind = name === undefined ? 'a client certificate' : `a client certificate of ${name}`;
    return lifeOf(kind, Date.parse(validTo), isRenewed, now);
  } catch {
    return {
      status: 'problem',
      message: 'the client certificate can not be read',
      hint: 'Log in again, or correct the kubeconfig.',
    };
  }
}

function lifeOf(kind: string, endsAt: number | undefined, isRenewed: boolean, now: number): FindingBody {
  if (endsAt === undefined || Number.isNaN(endsAt)) return { status: 'ok', message: kind };
  const left = endsAt - now;
  if (left <= 0) {
    return { status: 'problem', message: `${kind}, which has expired`, hint: 'Log in to the cluster again.' };
  }
  const message = `${kind}, valid for ${lifeWords(left)}`;
  if (left > shortLifeMs || isRenewed) return { status: 'ok', message };
  return {
    status: 'warning',
    message,
    hint: 'A build that lasts longer can not be cleaned up by this client: log in again before.',
  };
}

/** End of a JSON web token, in milliseconds since the epoch; undefined for others. */
function tokenEnd(token: string): number | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      readonly exp?: unknown;
    };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    // Not every token tells.
    return undefined;
  }
}

function lifeWords(leftMs: number): string {
  const hours = leftMs / 3_600_000;
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours >= 2) return `${Math.floor(hours)} hours`;
  return `${Math.max(1, Math.floor(leftMs / 60_000))} min`;
}

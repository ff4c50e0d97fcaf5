import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Finding, type FindingBody, look, type RunContext } from '@kanikit/spec';
import type { ApiClient } from '../api/client/api-client.ts';
import type { ClusterConnection } from '../api/connection/cluster-connection.ts';

/** Releases of Kubernetes that kanikit is tested against or has read the words of. */
const oldestMinor = 28;
/** A clock that differs by more makes signed URLs and tokens invalid sooner or later. */
const largestSkewMs = 30_000;
/** A certificate that ends within this time is worth a word. */
const certificateWarningMs = 14 * 24 * 3600 * 1000;
const largestVersionBytes = 64 * 1024;

/** What one answer of the API server tells: that it is there, which release it is, its clock, its certificate. */
export interface ServerFindings {
  readonly findings: readonly Finding[];
  readonly isReached: boolean;
}

/** Asks the server for its version, which every user may. */
export async function checkServer(
  client: ApiClient,
  connection: ClusterConnection,
  run: RunContext,
): Promise<ServerFindings> {
  let answer: { readonly response: IncomingMessage; readonly tookMs: number } | undefined;
  let more: readonly Finding[] = [];
  const server = await look({ check: 'server', title: 'API server' }, run, async ({ signal }) => {
    const startedAt = performance.now();
    const what = 'Asking for the version';
    const response = await client.stream({ method: 'GET', path: '/version', what }, signal);
    answer = { response, tookMs: Math.round(performance.now() - startedAt) };
    more = [clockFinding(response, run.now()), ...certificateFindings(response, connection, run.now())];
    const version = await readVersion(response);
    return versionBody(version, client.server, answer.tookMs);
  });
  return { findings: [server, ...more], isReached: answer !== undefined };
}

interface ServerVersion {
  readonly major?: string;
  readonly minor?: string;
  readonly gitVersion?: string;
}

async function readVersion(response: IncomingMessage): Promise<ServerVersion> {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (text.length < largestVersionBytes) text += chunk;
  });
  await once(response, 'end');
  try {
    const version: unknown = JSON.parse(text);
    return typeof version === 'object' && version !== null ? version : {};
  } catch {
    // Something else than Kubernetes answers: the checks that follow say more.
    return {};
  }
}

function versionBody(
  { gitVersion, major, minor }: ServerVersion,
  server: string,
  tookMs: number,
): FindingBody {
  if (gitVersion === undefined) {
    return {
      status: 'problem',
      message: `${server} answers, but not as a Kubernetes API server does`,
      hint: 'Check the address of the server in the kubeconfig; a proxy or a log-in page may stand in its place.',
    };
  }
  const said = `Kubernetes ${gitVersion} at ${server}, answers in ${Math.round(tookMs)} ms`;
  const isOld = major === '1' && Number.parseInt(minor ?? '', 10) < oldestMinor;
  if (!isOld) return { status: 'ok', message: said };
  return {
    status: 'warning',
    message: `${said}; kanikit is tested from 1.${oldestMinor} on`,
    hint: 'Builds may well run, but explanations and clean-up can miss what newer releases tell.',
  };
}

function clockFinding(response: IncomingMessage, now: number): Finding {
  const named = { check: 'clock', title: 'Clocks' };
  const serverTime = Date.parse(response.headers.date ?? '');
  if (Number.isNaN(serverTime))
    return { ...named, status: 'unknown', message: 'the server does not tell its time' };
  // The header has whole seconds.
  const skewMs = now - serverTime;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= largestSkewMs) {
    return { ...named, status: 'ok', message: seconds <= 1 ? 'agree' : `${seconds} s apart` };
  }
  return {
    ...named,
    status: 'warning',
    message: `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the server`,
    hint: 'Set the clock (NTP): tokens and signed URLs depend on it.',
  };
}

function certificateFindings(
  { socket }: IncomingMessage,
  connection: ClusterConnection,
  now: number,
): readonly Finding[] {
  const named = { check: 'certificate', title: "Server's certificate" };
  if (connection.isServerUnverified === true) {
    return [
      {
        ...named,
        status: 'warning',
        message: 'is not checked (insecure-skip-tls-verify): whoever is in between can read credentials',
        hint: "Put the cluster's certificate authority into the kubeconfig (certificate-authority-data).",
      },
    ];
  }
  if (!(socket instanceof TLSSocket)) return [];
  const until = Date.parse(socket.getPeerCertificate().valid_to ?? '');
  if (Number.isNaN(until)) return [];
  const day = new Date(until).toISOString().slice(0, 10);
  if (until - now > certificateWarningMs)
    return [{ ...named, status: 'ok', message: `is trusted, valid until ${day}` }];
  return [
    {
      ...named,
      status: 'warning',
      message: `ends on ${day}`,
      hint: 'Whoever runs the cluster has to renew it.',
    },
  ];
}

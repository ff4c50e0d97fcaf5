import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKanikit } from '@kanikit/sdk';
import type { KanikitEvent } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { images } from '../../cluster/images.ts';
import { registry } from '../../cluster/layout.ts';
import { writeContext } from '../builds/sample-context.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import { digestInRegistry } from '../parts/digest-in-registry.ts';
import { grantMinimalRole } from '../in-cluster/namespace-role.ts';
import { type SecureProxy, startSecureProxy } from '../parts/secure-proxy.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

// Tokens of an account that are bound to a Secret: the API server refuses them when that is gone.
const ticks = Array.from({ length: 40 }, (_, index) => `tick ${index}`);
let target: TestCluster;
let folder: string;
let context: string;
let count = 0;

beforeAll(async () => {
  target = await startRealCluster();
  await grantMinimalRole(target);
  folder = await mkdtemp(join(tmpdir(), 'kanikit-tokens-'));
  context = await writeContext(folder, 'app', {
    Dockerfile: `FROM ${images.base}\nRUN for n in $(seq 0 ${ticks.length - 1}); do echo tick $n; sleep 0.4; done\n`,
  });
});
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

interface Token {
  readonly text: string;
  /** Resolves when the API server refuses it. */
  revoke(): Promise<void>;
  /** Takes away what it is bound to. */
  unbind(): Promise<void>;
}

async function makeToken(): Promise<Token> {
  count += 1;
  const name = `bound-${count}`;
  const core = `/api/v1/namespaces/${target.namespace}`;
  const secret = await target.api.call<{ readonly metadata: { readonly uid: string } }>(
    'POST',
    `${core}/secrets`,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name } },
  );
  const { uid } = secret.body.metadata;
  const { body } = await target.api.call<{ readonly status: { readonly token: string } }>(
    'POST',
    `${core}/serviceaccounts/kanikit/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600, boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name, uid } },
    },
  );
  const { token } = body.status;
  const unbind = async (): Promise<void> => {
    await target.api.call('DELETE', `${core}/secrets/${name}`);
  };
  return {
    text: token,
    unbind,
    async revoke() {
      await unbind();
      const review = async (): Promise<unknown> => {
        const spec = { token };
        const answer = await target.api.call<{ readonly status: { readonly authenticated?: boolean } }>(
          'POST',
          '/apis/authentication.k8s.io/v1/tokenreviews',
          { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec },
        );
        return answer.body.status.authenticated ?? false;
      };
      // A server remembers for ten seconds what it has found valid.
      await expect.poll(review, { timeout: 60_000, interval: 200 }).toBe(false);
    },
  };
}

/** A kubeconfig of this user, to the cluster behind the proxy. */
async function kubeconfigOf(user: object, { url: server, authority }: SecureProxy): Promise<string> {
  const trusted = Buffer.from(authority).toString('base64');
  const config = JSON.parse(await readFile(target.kubeconfig, 'utf8')) as {
    clusters: { cluster: object }[];
    users: { user: object }[];
  };
  for (const entry of config.clusters) entry.cluster = { server, 'certificate-authority-data': trusted };
  for (const entry of config.users) entry.user = user;
  const file = join(folder, `kubeconfig-${new URL(server).port}`);
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Two ways to a token that changes. */
const ways: Readonly<
  Record<string, () => Promise<{ readonly user: object; give(token: Token): Promise<void> }>>
> = {
  async 'a file'() {
    count += 1;
    const tokenFile = join(folder, `token-${count}`);
    return { user: { tokenFile }, give: ({ text }) => writeFile(tokenFile, `${text}\n`) };
  },
  async 'a credential plugin'() {
    const [answer, runs] = [join(folder, 'answer.json'), join(folder, 'runs')];
    const apiVersion = 'client.authentication.k8s.io/v1';
    const exec = {
      apiVersion,
      command: 'sh',
      args: ['-c', `echo run >> ${runs}; cat ${answer}`],
      interactiveMode: 'Never',
    };
    return {
      user: { exec },
      give: ({ text: token }) =>
        writeFile(answer, JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } })),
    };
  },
};

async function build(
  user: object,
  /** Called once, in the middle of the build. Every connection breaks afterwards. */
  interfere: () => Promise<void>,
) {
  await using proxy = await startSecureProxy({ target: target.server, authority: target.authority });
  const strike = async (): Promise<void> => {
    await interfere();
    proxy.sever();
  };
  await using kanikit = await createKanikit({
    cluster: { kubeconfig: await kubeconfigOf(user, proxy) },
    executor: executorByTag,
    credentials: false,
    insecureRegistries: [registry],
  });
  const repository = `${target.namespace}/app-${proxy.port}`;
  const run = kanikit.start({ context, destinations: [`${registry}/${repository}:1`] });
  const events: KanikitEvent[] = [];
  let interfering: Promise<void> | undefined;
  for await (const event of run.events) {
    events.push(event);
    if (event.type === 'output' && event.text === 'tick 3') interfering = strike();
  }
  await interfering;
  const { builds, leftovers } = await run.result;
  const output = events.flatMap((event) => (event.type === 'output' ? [event.text] : []));
  const refused = proxy.requests.filter(({ status }) => status === 401).map(({ path }) => path);
  return { build: builds[0], events, leftovers, output, repository, refused };
}

describe.concurrent('a token that ends before its build', () => {
  test.each(Object.keys(ways))(
    'a token that %s gives is refused in the middle of a build: the next one goes on with it',
    { timeout: 180_000 },
    async (way) => {
      const { user, give } = await ways[way]!();
      const [first, second] = [await makeToken(), await makeToken()];
      await give(first);
      const ended = await build(user, async () => {
        await first.revoke();
        await give(second);
      });
      expect(ended.build).toMatchObject({ outcome: 'succeeded', attempts: [{ number: 1 }] });
      expect(ended.build?.digest).toBe(await digestInRegistry({ registry }, ended.repository, '1'));
      expect(ended.output).toEqual(ticks);
      // Whichever comes first: the list with which a watch begins anew, the watch, or the log.
      expect(ended.refused).toContainEqual(expect.stringMatching(/\/pods\?|\/log\?/));
      expect(ended.leftovers).toEqual([]);
      await second.unbind();
    },
  );

  test(
    'a token of a credential plugin that runs out is asked for anew before it is refused',
    { timeout: 180_000 },
    async () => {
      const [first, second] = [await makeToken(), await makeToken()];
      const answers = join(folder, 'answers');
      const apiVersion = 'client.authentication.k8s.io/v1';
      const answer = ({ text: token }: Token, lifeMs: number): string =>
        JSON.stringify({
          apiVersion,
          kind: 'ExecCredential',
          status: { token, expirationTimestamp: new Date(Date.now() + lifeMs).toISOString() },
        });
      // Credentials count as expired ten seconds early.
      await writeFile(answers, answer(first, 12_000));
      const exec = { apiVersion, command: 'cat', args: [answers], interactiveMode: 'Never' };
      const ended = await build({ exec }, async () => {
        await writeFile(answers, answer(second, 3_600_000));
        await first.revoke();
      });
      expect(ended.build).toMatchObject({ outcome: 'succeeded' });
      expect(ended.output).toEqual(ticks);
      expect(ended.refused).toEqual([]);
      expect(ended.leftovers).toEqual([]);
      await second.unbind();
    },
  );

  test(
    'a token that stays refused: said with what to do, and what is left is named',
    { timeout: 180_000 },
    async () => {
      const { user, give } = await ways['a file']!();
      const token = await makeToken();
      await give(token);
      const ended = await build(user, async () => {
        await token.revoke();
      });
      const created = ended.events.find((event) => event.type === 'pod-create');
      expect(ended.build).toMatchObject({ outcome: 'failed', attempts: [{ number: 1 }] });
      expect(ended.build?.failure).toMatchObject({ code: 'cluster-denied', isRetryable: false });
      expect(ended.build?.failure?.message).toContain('Unauthorized');
      expect(ended.build?.failure?.hint).toContain('does not accept these credentials');
      expect(ended.leftovers.join('\n')).toContain(created?.pod);
      await target.api.call('DELETE', `/api/v1/namespaces/${target.namespace}/pods/${created?.pod}`, {
        gracePeriodSeconds: 0,
      });
    },
  );
});

test('nothing is left', async () => {
  await expect.poll(() => everythingLeft(target), { timeout: 60_000 }).toEqual([]);
});

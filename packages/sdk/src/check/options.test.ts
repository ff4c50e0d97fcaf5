import { type ContextSource, type ContextStore, type CredentialSource, isKanikitError } from '@kanikit/spec';
import { describe, expect, it } from 'vitest';
import { createContexts } from '../create-contexts.ts';
import { createKanikit } from '../create-kanikit.ts';
import { diagnose } from '../diagnose.ts';
import type { KanikitOptions } from '../options.ts';
import { idleCluster } from './idle-cluster.test.helper.ts';
import { mutationsOf, type MutationRules } from './mutations.test.helper.ts';

const source: ContextSource = {
  specVersion: 1,
  kind: 'floppy',
  accepts: () => false,
  open: async () => await Promise.reject(new Error('no disk')),
};
const credentials: CredentialSource = { specVersion: 1, resolve: async () => undefined };
const store: ContextStore = {
  specVersion: 1,
  kind: 'shelf',
  description: 'a shelf',
  check: async () => undefined,
  deliveries: async () => ({ possible: [], reasons: {} }),
  upload: async () => await Promise.reject(new Error('full')),
  prune: async () => [],
};

const full = {
  cluster: idleCluster,
  credentials,
  store: {
    kind: 's3',
    bucket: 'builds',
    prefix: 'contexts',
    endpoint: 'https://s3.example.com',
    podEndpoint: 'https://s3.example.com',
    region: 'eu-central-1',
    isPathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
    podAccess: 'key',
    certificateAuthorities: 'pem',
    canCopyParts: true,
  },
  access: {
    s3: { region: 'eu-central-1' },
    gcs: { keyFile: 'key.json', silenceMs: 1 },
    azureBlob: { account: 'a', connectionString: 'b', accountKey: 'c', sasToken: 'd', env: { A: 'b' } },
    git: { certificateAuthorities: 'pem', cloneTimeoutMs: 1 },
    https: { certificateAuthorities: 'pem', headers: { authorization: 'x' } },
    local: { mtime: 'zero' },
  },
  sources: [source],
  keepContextMs: 1,
  indexFolder: '/tmp/index',
  workingDirectory: '/tmp',
  env: { HOME: '/root', NONE: undefined },
  executor: { distribution: 'google', version: '1.24.0' },
  launchAheadMs: 1,
  concurrency: 1,
  concurrencyPerNamespace: 1,
  concurrencyPerRegistry: 1,
  retries: 1,
  retryDelayMs: 1,
  logFolder: '/tmp/logs',
  insecureRegistries: ['localhost:5000'],
  isSimulated: false,
  onSignal: undefined,
} satisfies KanikitOptions;

const asPlugin = (name: string, optional: readonly string[] = []): string[] =>
  Object.keys({ cluster: idleCluster, credentials, 'sources[0]': source, store }[name] ?? {})
    .filter((member) => !optional.includes(member))
    .map((member) => `${name}.${member}`);

const required = [
  'store.kind',
  'store.bucket',
  'store.credentials.accessKeyId',
  'store.credentials.secretAccessKey',
  ...asPlugin('cluster'),
  ...asPlugin('credentials'),
  ...asPlugin('sources[0]'),
];

const rules: MutationRules = {
  required,
  open: ['env', 'access.https.headers', 'access.azureBlob.env'],
  free: [],
  also: { indexFolder: [], 'env.NONE': ['string'], env: ['map', 'date', 'inherited', 'object'] },
};

/** Members that plugins may have more of, and objects that need not be plain. */
const isOpenEnded = /^(?:cluster|credentials|sources\[0\]|env|access\.azureBlob\.env)(?:\.|$)/;

describe('the options of kanikit', () => {
  it('may hold everything that there is', async () => {
    await expect(createKanikit(full)).resolves.toBeDefined();
    await expect(createKanikit({ cluster: idleCluster, store })).resolves.toBeDefined();
  });

  it('may hold the credentials that the AWS SDK resolved', async () => {
    const identity = {
      accessKeyId: 'a',
      secretAccessKey: 'b',
      sessionToken: 'c',
      expiration: new Date(),
      accountId: '123456789012',
      $source: { CREDENTIALS_CODE: 'e' },
    };
    const bucket = {
      kind: 's3',
      bucket: 'b',
      endpoint: 'http://127.0.0.1:1',
      credentials: identity,
    } as const;
    await expect(createKanikit({ cluster: idleCluster, store: bucket })).resolves.toBeDefined();
  });

  it('may be instances of classes where they are plugins', async () => {
    class Shelf implements ContextStore {
      readonly specVersion = 1;
      readonly kind = 'shelf';
      readonly description = 'a shelf';
      async check(): Promise<void> {}
      async deliveries(): ReturnType<ContextStore['deliveries']> {
        return { possible: [], reasons: {} };
      }
      async upload(): ReturnType<ContextStore['upload']> {
        throw new Error('full');
      }
    }
    await expect(createKanikit({ cluster: idleCluster, store: new Shelf() })).resolves.toBeDefined();
  });

  it('with one thing wrong are refused by an error that names its path, whatever it is', async () => {
    const mutations = mutationsOf(full, rules).filter(
      ({ name, path }) =>
        !isOpenEnded.test(path) || / is (?:absent|undefined|null|boolean|bigint)/.test(name),
    );
    expect(mutations.length).toBeGreaterThan(600);
    expect(await acceptedOf(mutations)).toEqual([]);
  });

  it('of a store of the user’s own, too', async () => {
    const members = asPlugin('store', ['prune']);
    const mutations = mutationsOf({ cluster: idleCluster, store }, { ...rules, required: members }).filter(
      ({ name, path }) => path.startsWith('store.') && / is (?:absent|undefined|null|number)/.test(name),
    );
    expect(mutations.length).toBeGreaterThan(20);
    expect(await acceptedOf(mutations.filter(({ path, name }) => !isVersion(path, name)))).toEqual([]);
  });

  it.each([
    [{ store: 's3://builds' }, 'store must be a bucket'],
    [{ store: { kind: 's33', bucket: 'builds' } }, '"s3" or "gcs" or "azure-blob", and is "s33"'],
    [{ store: { kind: 's3', bucket: undefined } }, 'store.bucket is missing'],
    [{ store: { bucket: 'builds' } }, 'store.kind is missing'],
    [{ cluster: { launch: () => undefined } }, 'cluster.specVersion is missing'],
    [null, 'it must be a plain object, and is null'],
    ['s3', 'it must be a plain object, and is a string'],
  ])('%j are refused: %s', async (options, words) => {
    for (const call of [createKanikit, createContexts, diagnose]) {
      if (call === createContexts && options !== null && typeof options === 'object' && 'cluster' in options)
        continue;
      await expect(call(options as never)).rejects.toMatchObject({
        name: 'KanikitError',
        code: 'options-invalid',
        message: expect.stringContaining(words),
      });
    }
  });
});

/** Another version is another error. */
function isVersion(path: string, name: string): boolean {
  return path.endsWith('.specVersion') && name.endsWith(' is number');
}

async function acceptedOf(mutations: ReturnType<typeof mutationsOf>): Promise<readonly string[]> {
  const said = await Promise.all(
    mutations.map(async ({ name, path, value }) => {
      const words = await refusalOf(value);
      const isNamed = [' ', '.strange '].some((end) => words.includes(` ${path}${end}`));
      return isNamed ? [] : [`${name}: ${words}`];
    }),
  );
  return said.flat();
}

async function refusalOf(options: unknown): Promise<string> {
  try {
    await createKanikit(options as KanikitOptions);
    return 'accepted';
  } catch (error) {
    if (!isKanikitError(error)) return `another error: ${String(error)}`;
    return error.code === 'options-invalid' && error.hint !== undefined
      ? error.message
      : `${error.code} or no hint`;
  }
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  sandboxCredentials,
  type SandboxDescription,
  type SandboxOptions,
  startSandbox,
} from '@kanikit/sandbox';
import { createKanikit, type Kanikit, type KanikitOptions } from '@kanikit/sdk';
import { listBucket } from '../parts/list-bucket.ts';
import { storeIn } from '../parts/store-in.ts';

/** A sandbox with the real executor, for one test file. */
export interface BuildSandbox extends AsyncDisposable {
  readonly description: SandboxDescription;
  readonly store: ReturnType<typeof storeIn>;
  /** Scratch folder that goes with the sandbox. */
  readonly scratch: string;
  connect(options?: Partial<KanikitOptions>): Promise<Kanikit>;
  /** What exists now in cluster, bucket and on the machine because of builds; empty when nothing is left. */
  leftovers(): Promise<string[]>;
}

export async function startBuildSandbox(options: Partial<SandboxOptions> = {}): Promise<BuildSandbox> {
  const scratch = await mkdtemp(join(tmpdir(), 'kanikit-builds-'));
  const sandbox = await startSandbox({ ...options, folder: join(scratch, 'sandbox') });
  const { description } = sandbox;
  const store = storeIn(description.bucket, description.authority);
  return {
    description,
    store,
    scratch,
    connect: (overrides = {}) =>
      createKanikit({
        cluster: { kubeconfig: description.kubeconfig, kind: 'sandbox' },
        executor: { distribution: 'google', version: '1.24.0' },
        credentials: sandboxCredentials(description),
        store,
        ...overrides,
      }),
    leftovers: () => findLeftovers(description),
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

export async function findLeftovers(description: SandboxDescription): Promise<string[]> {
  const [pods, secrets, objects, mounts] = await Promise.all([
    listNames(description, 'pods'),
    listNames(description, 'secrets'),
    listBucket(description.bucket),
    readFile('/proc/mounts', 'utf8'),
  ]);
  return [
    ...pods.map((name) => `pod ${name}`),
    ...secrets.map((name) => `secret ${name}`),
    ...objects,
    ...mounts.split('\n').filter((line) => line.includes(description.folder)),
  ];
}

async function listNames(description: SandboxDescription, resource: string): Promise<string[]> {
  const body = await new Promise<string>((resolve, reject) => {
    const url = `${description.apiServer}/api/v1/namespaces/default/${resource}`;
    const headers = { authorization: `Bearer ${description.token}` };
    request(url, { ca: description.authority, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
  const list = JSON.parse(body) as { items: { metadata: { name: string } }[] };
  return list.items.map((item) => item.metadata.name);
}

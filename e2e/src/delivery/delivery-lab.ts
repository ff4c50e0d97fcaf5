import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BucketOptions,
  BuildFailure,
  BuildRequest,
  KanikitEvent,
  KanikitOptions,
  RunResult,
} from '@kanikit/sdk';
import { type BuildSandbox, startBuildSandbox } from '../builds/build-sandbox.ts';
import { writeContext } from '../builds/sample-context.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { startVersitygw, type Versitygw } from '../parts/versitygw.ts';

/** How a run ended, and all that it wrote or left anywhere. */
export interface Delivered {
  readonly result: RunResult;
  readonly failure: BuildFailure | undefined;
  readonly events: readonly KanikitEvent[];
  /** Where a text is in events, result or full logs, with a little of what is around it. */
  told(text: string): readonly string[];
  /** Objects, unfinished uploads, pods, secrets and mounts that are there now. */
  readonly left: readonly string[];
}

/** A sandbox, a real S3 server, and two proxies before it: what goes wrong for the client, and for the executor. */
export interface DeliveryLab extends AsyncDisposable {
  readonly sandbox: BuildSandbox;
  readonly bucket: Versitygw;
  readonly authority: CertificateAuthority;
  readonly forClient: FaultProxy;
  readonly forExecutor: FaultProxy;
  readonly store: Extract<BucketOptions, { readonly kind: 's3' }>;
  /** A context of a little more than 12 MB, so two parts or more, that checks itself while it is built. */
  readonly context: string;
  run(request?: Partial<BuildRequest>, options?: Partial<KanikitOptions>): Promise<Delivered>;
}

const contentBytes = 12_000_000;

export async function startDeliveryLab(): Promise<DeliveryLab> {
  const sandbox = await startBuildSandbox();
  const authority = await createCertificateAuthority();
  const bucket = await startVersitygw({ authority });
  const startProxy = async (): Promise<FaultProxy> =>
    await startFaultProxy({
      target: bucket.url,
      authority: authority.certificate,
      certificate: await authority.issue(['127.0.0.1']),
    });
  const [forClient, forExecutor] = [await startProxy(), await startProxy()];
  const store = {
    kind: 's3',
    bucket: bucket.bucket,
    region: bucket.region,
    credentials: bucket.credentials,
    endpoint: forClient.url,
    podEndpoint: forExecutor.url,
    certificateAuthorities: authority.certificate,
  } as const;
  const content = randomBytes(contentBytes);
  const context = await writeContext(sandbox.scratch, 'context', {
    Dockerfile: `ARG BASE\nFROM \${BASE}\nCOPY . /app/\nRUN test "$(wc -c < /app/content)" -eq ${contentBytes} && test -f /app/zzz\n`,
    content,
    zzz: '',
  });
  let runs = 0;
  return {
    sandbox,
    bucket,
    authority,
    forClient,
    forExecutor,
    store,
    context,
    run: async (request = {}, options = {}) => {
      const logFolder = join(sandbox.scratch, `log-${(runs += 1)}`);
      await using kanikit = await sandbox.connect({ store, logFolder, retryDelayMs: 100, ...options });
      const run = kanikit.start({
        context,
        destinations: [`${sandbox.description.registry}/delivery/app:${runs}`],
        buildArgs: { BASE: sandbox.description.baseImage },
        ...request,
      });
      const events: KanikitEvent[] = [];
      for await (const event of run.events) events.push(event);
      const result = await run.result;
      const logs = await readFolder(logFolder);
      return {
        result,
        failure: result.builds[0]?.failure,
        events,
        told: (text) => findAround(`${JSON.stringify([events, result])}${logs}`, text),
        left: [...result.leftovers, ...(await sandbox.leftovers()), ...(await bucket.list())],
      };
    },
    [Symbol.asyncDispose]: async () => {
      await forClient[Symbol.asyncDispose]();
      await forExecutor[Symbol.asyncDispose]();
      await bucket[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}

function findAround(all: string, text: string): readonly string[] {
  const found: string[] = [];
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
    found.push(all.slice(Math.max(0, at - 80), at + text.length));
  }
  return found;
}

async function readFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

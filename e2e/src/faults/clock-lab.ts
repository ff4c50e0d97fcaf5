import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeContext } from '../builds/sample-context.ts';
import { makeKanikitCommand, type Started } from '../cli/kanikit-command.ts';
import { everythingLeft } from '../clusters/test-cluster.ts';
import { executorProcesses } from '../parts/executor-processes.ts';

import type { BuildNamespace, BuildPlace, StartBuildPlace } from '../clusters/build-place.ts';
import type { ClockFault } from './clock-faults.ts';
import type { LoneBuild } from './lone-build.ts';
import { authConfigFor } from '../parts/registry-access.ts';
import { storeIn } from '../parts/store-in.ts';
import { executorByTag, executorFlags } from '../clusters/executor-by-tag.ts';

/** The command, and clients in processes of their own, on machines whose clocks are wrong. */
export interface ClockLab extends AsyncDisposable {
  readonly place: BuildPlace;
  /** Builds an image whose `RUN` prints `ran` and goes on with the command. */
  build(home: BuildNamespace, command: string, clock: ClockFault, way: Way): Promise<Started>;
  prune(home: BuildNamespace, clock: ClockFault | undefined): Promise<{ readonly exitCode: number | null }>;
  /** A client of the SDK whose build lasts, and which gives signs of life every so many milliseconds. */
  startClient(home: BuildNamespace, heartbeatMs: number, clock: ClockFault): Promise<ChildProcess>;
  /** What is there because of builds: objects of the cluster, objects of the bucket, and processes. */
  left(home: BuildNamespace): Promise<readonly string[]>;
}

export type Way = 'through the bucket' | 'streamed';

const program = fileURLToPath(new URL('lone-build.ts', import.meta.url));
const executor = executorByTag;

export async function openClockLab(start: StartBuildPlace): Promise<ClockLab> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-clocks-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const place = started.use(await start());
  const kanikit = started.use(await makeKanikitCommand());
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, place.authority);
  const { registry, baseImage, bucket } = place;

  const bucketFlags = ({ namespace }: BuildNamespace): readonly string[] => [
    `--bucket=s3://${bucket.bucket}/${namespace}`,
    `--bucket-endpoint=${bucket.endpoint}`,
    `--bucket-region=${bucket.region}`,
    `--bucket-ca=${authorityFile}`,
  ];
  const run = (args: readonly string[], home: BuildNamespace, clock: ClockFault | undefined): Started => {
    const keys = { AWS_ACCESS_KEY_ID: bucket.accessKeyId, AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey };
    return kanikit.start([...args, `--kubeconfig=${home.kubeconfig}`], {
      env: { ...keys, ...authConfigFor(place), ...clock?.env },
    });
  };
  const contextOf = ({ namespace }: BuildNamespace, command: string): Promise<string> =>
    writeContext(folder, namespace, {
      Dockerfile: `FROM ${baseImage}\nCOPY data /data\nRUN echo ran && ${command}\n`,
      data: namespace,
    });
  const imageOf = ({ namespace }: BuildNamespace): string => `${registry}/${namespace}/app:1`;
  const running = started.move();
  return {
    place,
    async build(home, command, clock, way) {
      const context = await contextOf(home, command);
      const flags = [...executorFlags, `--insecure-registry=${registry}`, '--progress=json'];
      const through = way === 'streamed' ? [] : bucketFlags(home);
      return run(['build', context, '-t', imageOf(home), ...flags, ...through], home, clock);
    },
    prune: (home, clock) => run(['prune', ...bucketFlags(home)], home, clock).ended,
    async startClient(home, heartbeatMs, clock) {
      const store = storeIn(bucket, place.authority, home.namespace);
      const lone: LoneBuild = {
        kubeconfig: home.kubeconfig,
        heartbeatMs,
        options: { executor, insecureRegistries: [registry], store },
        request: { context: await contextOf(home, 'sleep 100'), destinations: [imageOf(home)] },
      };
      const args = ['--conditions=@kanikit/source', program, JSON.stringify(lone)];
      return spawn(process.execPath, args, {
        env: { ...process.env, ...authConfigFor(place), ...clock.env },
        stdio: 'ignore',
      });
    },
    left: async (home) => [
      ...(await everythingLeft({ ...home, bucket })),
      ...(await executorProcesses(`${registry}/${home.namespace}/`)).map((pid) => `process ${pid}`),
    ],
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

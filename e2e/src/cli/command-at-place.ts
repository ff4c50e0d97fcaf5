import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import type { BuildPlace, StartBuildPlace } from '../clusters/build-place.ts';
import { authConfigFor } from '../parts/registry-access.ts';
import { makeKanikitCommand, type Ended, type RunOptions, type Started } from './kanikit-command.ts';
import { executorVariables } from '../clusters/executor-by-tag.ts';

/** The command, with a namespace and a bucket of a cluster in its environment, as a CI job has it. */
export interface CommandAtPlace extends AsyncDisposable {
  readonly place: BuildPlace;
  readonly namespace: string;
  readonly api: TestCluster['api'];
  readonly kubeconfig: string;
  /** Folder that goes with the command; commands run in it. */
  readonly home: string;
  /** Image names begin so. */
  readonly images: string;
  readonly env: Readonly<Record<string, string>>;
  /** `kanikit build`'s flags that no variable has. */
  readonly buildFlags: readonly string[];
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  start(args: readonly string[], options?: RunOptions): Started;
  /** Everything in the namespace and in its part of the bucket. */
  left(): Promise<readonly string[]>;
}

export async function startCommandAt(start: StartBuildPlace): Promise<CommandAtPlace> {
  await using started = new AsyncDisposableStack();
  const place = started.use(await start());
  const { api, namespace, kubeconfig } = started.use(await place.namespace());
  const command = started.use(await makeKanikitCommand());
  const authorityFile = join(command.home, 'authority.crt');
  await writeFile(authorityFile, place.authority);
  const { bucket, endpoint, region, accessKeyId, secretAccessKey } = place.bucket;
  const env = {
    ...authConfigFor(place),
    KUBECONFIG: kubeconfig,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    KANIKIT_BUCKET: `s3://${bucket}/${namespace}`,
    KANIKIT_BUCKET_ENDPOINT: endpoint,
    KANIKIT_BUCKET_REGION: region,
    KANIKIT_BUCKET_CA: authorityFile,
    ...executorVariables,
  };
  const run = (args: readonly string[], options: RunOptions = {}): Started =>
    command.start(args, { ...options, env: { ...env, ...options.env } });
  const running = started.move();
  return {
    place,
    namespace,
    api,
    kubeconfig,
    home: command.home,
    images: `${place.registry}/${namespace}`,
    env,
    buildFlags: ['--insecure-registry', place.registry],
    run: (args, options) => run(args, options).ended,
    start: run,
    left: () => everythingLeft({ api, namespace, bucket: place.bucket }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

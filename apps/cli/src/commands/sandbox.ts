import { resolve } from 'node:path';
import {
  resetSandbox,
  type SandboxDescription,
  sandboxStatus,
  startSandboxDaemon,
  stopSandboxDaemon,
} from '@kanikit/sandbox';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { sandboxCommand } from '../command-line/small-commands.ts';
import { nearestName, printable, safeJson } from '@kanikit/toolkit/text';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import { exitCodes, type Io } from '../io.ts';
import { withSignals } from '../with-signals.ts';

/** `kanikit sandbox up|status|down|reset`. */
export async function runSandboxCommand(values: ParsedValues, io: Io): Promise<number> {
  const { executor, simulate, json: isJson = false } = flagsOf(sandboxCommand, values);
  const [action = ''] = values.args;
  if (executor !== undefined && action !== 'up')
    throw usageError('--executor belongs to "kanikit sandbox up".');
  switch (action) {
    case 'up':
      return up({ executor, simulate }, isJson, io);
    case 'status':
      return status(isJson, io);
    case 'down': {
      const wasRunning = await stopSandboxDaemon();
      say(
        io,
        isJson,
        { wasRunning },
        wasRunning ? 'The sandbox is stopped; its data stays.' : 'No sandbox was running.',
      );
      return exitCodes.done;
    }
    case 'reset':
      await resetSandbox();
      say(io, isJson, { isReset: true }, 'The sandbox is stopped and its data deleted.');
      return exitCodes.done;
    default: {
      const meant = nearestName(action, ['up', 'status', 'down', 'reset']);
      throw usageError(
        `"kanikit sandbox" takes up, status, down or reset; got ${quoted(action)}.`,
        meant === undefined ? undefined : `Did you mean "kanikit sandbox ${meant}"?`,
      );
    }
  }
}

async function up(
  { executor, simulate }: { readonly executor: string | undefined; readonly simulate: string | undefined },
  isJson: boolean,
  io: Io,
): Promise<number> {
  return await withSignals(
    async (signal) => {
      const sandbox = await startSandboxDaemon({
        executor,
        simulate: simulate === undefined ? undefined : { logFile: resolve(simulate) },
        signal,
        onProgress: ({ step, detail }) => void io.stderr.write(`${step}: ${printable(detail)}\n`),
      });
      say(io, isJson, withoutSecrets(sandbox), describe(sandbox));
      return exitCodes.done;
    },
    () => {
      io.stderr.write('Interrupted; the sandbox was not started.\n');
      return exitCodes.interrupted;
    },
  );
}

/** Exit code 0 only for a running one, so that scripts can ask. */
async function status(isJson: boolean, io: Io): Promise<number> {
  const now = await sandboxStatus();
  if (now.state === 'running') {
    say(io, isJson, { ...now, sandbox: withoutSecrets(now.sandbox) }, describe(now.sandbox));
    return exitCodes.done;
  }
  const words = {
    absent: 'There is no sandbox yet. Start one with "kanikit sandbox up".',
    stopped: 'The sandbox is stopped. Start it with "kanikit sandbox up".',
    busy: 'The sandbox is starting or stopping.',
  };
  say(io, isJson, now, words[now.state]);
  return exitCodes.refused;
}

function describe(sandbox: SandboxDescription): string {
  return [
    `The sandbox is running (process ${sandbox.pid})${sandbox.isSimulated ? ', SIMULATED: it plays a recorded log' : ''}.`,
    '',
    `  kubectl     export KUBECONFIG=${sandbox.kubeconfig}`,
    `  registry    ${sandbox.registry} (plain http; every client needs the password)`,
    `  password    DOCKER_CONFIG=${sandbox.dockerConfig} crane …, or docker --config ${sandbox.dockerConfig} …`,
    ...(sandbox.baseImage === undefined ? [] : [`  base image  ${sandbox.baseImage}`]),
    `  bucket      s3://${sandbox.bucket.bucket} at ${sandbox.bucket.endpoint}`,
    `  data        ${sandbox.folder}`,
    '',
    `Build with: kanikit build DIR -t ${sandbox.registry}/app --sandbox`,
  ].join('\n');
}

/** The kubeconfig file holds the credentials; standard output may be logged. */
function withoutSecrets({
  token: _token,
  registryCredentials: { username },
  bucket,
  ...rest
}: SandboxDescription): Readonly<Record<string, unknown>> {
  const { secretAccessKey: _key, ...shown } = bucket;
  return { ...rest, registryCredentials: { username }, bucket: shown };
}

function say(io: Io, isJson: boolean, data: unknown, text: string): void {
  io.stdout.write(`${isJson ? safeJson(data, 2) : text}\n`);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** A server that says in a line of its output that it listens. */
export interface StartedServer extends AsyncDisposable {
  /** The line. */
  readonly line: string;
}

export interface ServerProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Fits the line. */
  readonly listens: RegExp;
}

const startMs = 60_000;

/** Throws with the output of a server that ends, or is silent for a minute, instead. */
export async function startServer({ file, args, env, listens }: ServerProgram): Promise<StartedServer> {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const output: string[] = [];
  const listening = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      if (listens.test(line)) listening.resolve(line);
    });
  }
  const ended = closed.then(() => {
    throw new Error(`${file} ended instead of listening:\n${output.join('\n')}`);
  });
  ended.catch(() => {});
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  const timer = setTimeout(
    () => listening.reject(new Error(`${file} does not listen:\n${output.join('\n')}`)),
    startMs,
  );
  try {
    const line = await Promise.race([listening.promise, ended]);
    return { line, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A port that was free a moment ago, for servers that can't pick one and tell it. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { constants, openSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { runCommand } from '../executor/run-command.ts';
import { toolPath } from './host-tools.ts';

/**
 * Real pipes for a container's standard streams. Node's own are sockets, and programs that open `/dev/stdout` or `/dev/stderr` (shell scripts do
 * it all the time) fail on sockets.
 */
export interface ContainerPipes {
  /** For the child's first three descriptors. */
  readonly childEnds: readonly [number | 'ignore', number, number];
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** To be called once the child has them: only then its end is seen. */
  closeChildEnds(): Promise<void>;
  /** Closes this side, too. */
  destroy(): void;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/** Makes the pipes by way of named ones in `folder`, which are gone again when this returns. */
export async function createContainerPipes(
  folder: string,
  hasStdin: boolean,
  signal: AbortSignal,
): Promise<ContainerPipes> {
  const names = ['stdout', 'stderr', ...(hasStdin ? ['stdin'] : [])].map((name) =>
    join(folder, `${name}.pipe`),
  );
  await Promise.all(names.map((name) => rm(name, { force: true })));
  const made = await runCommand('mkfifo', ['-m', '600', ...names], { signal, env: { PATH: toolPath } });
  if (made.exitCode !== 0) throw new Error(`making pipes in ${folder} failed: ${made.errorTail}`);
  try {
    const [out, error, input] = await Promise.all([
      openPipe(names[0]!, 'in'),
      openPipe(names[1]!, 'in'),
      hasStdin ? openPipe(names[2]!, 'out') : undefined,
    ]);
    const ends = [out, error, ...(input ? [input] : [])];
    return {
      childEnds: [input?.child.fd ?? 'ignore', out.child.fd, error.child.fd],
      stdin: input?.own ?? null,
      stdout: out.own,
      stderr: error.own,
      closeChildEnds: async () => void (await Promise.all(ends.map((end) => end.child.close()))),
      destroy: () => ends.forEach((end) => end.own.destroy()),
    };
  } finally {
    await Promise.all(names.map((name) => rm(name, { force: true })));
  }
}

/** This side does not block, the child's does; both opens need the other side to be there, so one handle holds both for a moment. */
async function openPipe(
  path: string,
  direction: 'in' | 'out',
): Promise<{ readonly own: Socket; readonly child: FileHandle }> {
  const both = await open(path, O_RDWR | O_NONBLOCK);
  const child = await open(path, direction === 'in' ? O_WRONLY : O_RDONLY);
  // A plain descriptor: a file handle would close it when it is collected. Neither open waits.
  const own = openSync(path, (direction === 'in' ? O_RDONLY : O_WRONLY) | O_NONBLOCK);
  await both.close();
  const socket = new Socket({
    fd: own,
    readable: direction === 'in',
    writable: direction === 'out',
  });
  return { own: socket, child };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { goPart } from '../parts/go-part.ts';

export interface OracleRequest {
  readonly ignore: Uint8Array;
  /** Relative paths to give a verdict on. */
  readonly paths?: readonly Uint8Array[];
  /** A folder to walk. */
  readonly root?: string;
}

export interface OracleAnswer {
  /** Why docker refuses the ignore file; undefined when it does not. */
  readonly error: string | undefined;
  /** Docker's verdict (`MatchesOrParentMatches`) on each of the request's paths. */
  readonly ignored: readonly boolean[];
  /** What BuildKit's client sends of the folder, parents before children. Paths are in Latin-1: a character per byte. */
  readonly sent: readonly string[];
  /** Files among them that it sends without their content: its walk keeps them, and they are refused when it opens them. */
  readonly emptied: readonly string[];
}

/** Docker's own libraries in a process beside the test, see `e2e/parts/ignore-oracle`. */
export interface Oracle extends AsyncDisposable {
  /** Answers come in the order of the questions. */
  ask(request: OracleRequest): Promise<OracleAnswer>;
}

export async function startOracle(signal: AbortSignal): Promise<Oracle> {
  const child = spawn(await goPart('ignore-oracle', signal), { stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask(request) {
      child.stdin.write(`${JSON.stringify(encode(request))}\n`);
      const answer = last.then(async () => decode(await lines.next()));
      last = answer.catch(() => undefined);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}

function encode({ ignore, paths = [], root = '' }: OracleRequest): unknown {
  return {
    ignore: Buffer.from(ignore).toString('base64'),
    paths: paths.map((path) => Buffer.from(path).toString('base64')),
    root: Buffer.from(root).toString('base64'),
  };
}

function decode(line: IteratorResult<string>): OracleAnswer {
  if (line.done === true) throw new Error('the oracle ended before it answered');
  const answer = JSON.parse(line.value) as {
    error?: string;
    ignored: boolean[] | null;
    sent: string[] | null;
    emptied: string[] | null;
  };
  const toPaths = (list: string[] | null): string[] =>
    (list ?? []).map((path) => Buffer.from(path, 'base64').toString('latin1'));
  return {
    error: answer.error,
    ignored: answer.ignored ?? [],
    sent: toPaths(answer.sent),
    emptied: toPaths(answer.emptied),
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { goPart } from '../parts/go-part.ts';

/** A question to the libraries of kubectl, see `e2e/parts/cluster-oracle`. */
export type Question =
  | {
      readonly proxy: {
        readonly url: string;
        readonly httpProxy?: string;
        readonly httpsProxy?: string;
        readonly noProxy?: string;
        readonly cgi?: boolean;
      };
    }
  | { readonly yaml: { readonly text: string; readonly split?: boolean; readonly pod?: boolean } }
  | { readonly kubeconfig: { readonly text: string } }
  | { readonly connection: ConnectionQuestion };

/** What a program built with client-go sends, and where to. */
export interface ConnectionQuestion {
  /** As `KUBECONFIG` lists them. */
  readonly list?: string;
  /** One file in its place. */
  readonly file?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** What they say; of these fields those of the question. */
export interface Answer {
  readonly error?: string;
  readonly proxy?: string;
  readonly documents?: readonly unknown[];
  readonly server?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly url?: string;
  readonly namespace?: string;
  readonly authority?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly unverified?: boolean;
}

/** The program in a process beside the test. */
export interface Oracle extends AsyncDisposable {
  /** Answers come in the order of the questions. */
  ask(question: Question): Promise<Answer>;
}

export async function startOracle(signal: AbortSignal): Promise<Oracle> {
  const child = spawn(await goPart('cluster-oracle', signal), { stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const answer = last.then(async () => {
        const line = await lines.next();
        if (line.done === true) throw new Error('the oracle ended before it answered');
        return JSON.parse(line.value) as Answer;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}

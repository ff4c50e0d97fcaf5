import type { Oracle, OracleAnswer } from './oracle.ts';
import type { Sent, TreeToSend } from './send-tree.ts';

/** How what is sent differs from what docker sends. */
export interface Difference {
  readonly extra: readonly string[];
  readonly missing: readonly string[];
  readonly ours: string | undefined;
  readonly docker: string | undefined;
}

export interface Comparison {
  readonly answer: OracleAnswer;
  readonly difference: Difference | undefined;
}

type Send = (tree: TreeToSend) => Promise<Sent>;

/** Asks ours and docker about the same tree. */
export async function compare(oracle: Oracle, tree: TreeToSend, send: Send): Promise<Comparison> {
  const [answer, sent] = await Promise.all([oracle.ask(tree), send(tree)]);
  const refusal = 'refusal' in sent ? sent.refusal : undefined;
  const ours = new Set('paths' in sent ? markEmptied(sent) : []);
  const docker = new Set(markEmptied({ paths: answer.sent, emptied: answer.emptied }));
  const difference = {
    extra: [...ours].filter((path) => !docker.has(path)),
    missing: [...docker].filter((path) => !ours.has(path)),
    ours: refusal,
    docker: answer.error,
  };
  const isSame =
    (refusal === undefined) === (answer.error === undefined) &&
    difference.extra.length + difference.missing.length === 0;
  return { answer, difference: isSame ? undefined : difference };
}

/** A path of a file that comes without its content is not the path of the file. */
function markEmptied({ paths, emptied }: Extract<Sent, { paths: unknown }>): readonly string[] {
  const without = new Set(emptied);
  return paths.map((path) => (without.has(path) ? `${path} (emptied)` : path));
}

/** Takes bytes out of an ignore file for as long as it still makes a difference, for people who look for the reason. */
export async function minimise(oracle: Oracle, tree: TreeToSend, send: Send): Promise<string> {
  let { ignore } = tree;
  let { difference } = await compare(oracle, tree, send);
  for (let width = ignore.length >> 1; width >= 1; width >>= 1) {
    for (let at = 0; at + width <= ignore.length;) {
      const shorter = Buffer.concat([ignore.subarray(0, at), ignore.subarray(at + width)]);
      const found = await compare(oracle, { ...tree, ignore: shorter }, send);
      if (found.difference === undefined) at += width;
      else ({ ignore, difference } = { ignore: shorter, difference: found.difference });
    }
  }
  const shown = {
    ...difference,
    extra: difference?.extra.slice(0, 3),
    missing: difference?.missing.slice(0, 3),
  };
  return `${JSON.stringify(Buffer.from(ignore).toString('latin1'))}: ${JSON.stringify(shown)}`;
}

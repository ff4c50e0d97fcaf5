import { readWholeFile } from '@kanikit/toolkit/files';
import { explainWithDetails, formatExplanation } from '@kanikit/kaniko';
import { fileProblem } from '../command-line/file-problem.ts';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { explainCommand } from '../command-line/small-commands.ts';
import { shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import { createRedactor } from '@kanikit/toolkit/secrets';
import { safeJson } from '@kanikit/toolkit/text';
import { exitCodes, type Io } from '../io.ts';
import { inFlags } from '../text/in-flags.ts';
import { textFor } from '../text/locale.ts';
import { chooseColors, noColors } from '../text/colors.ts';

/** Memory that a log may take; those of builds have some MB. */
const largestLogBytes = 1024 ** 3;

/** `kanikit explain`: ends with 0 whatever the log tells, since telling it is what was asked for. */
export async function runExplainCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(explainCommand, values);
  const [source = '-'] = values.args;
  if (source === '-' && io.stdin.isTTY) {
    throw usageError(
      'There is no log on standard input.',
      'Pipe one in: kubectl logs POD | kanikit explain -',
    );
  }
  const log = source === '-' ? await readStdin(io) : await readInput(source, 'log');
  const dockerfile =
    flags.dockerfile === undefined
      ? undefined
      : (await readInput(flags.dockerfile, 'Dockerfile')).toString('utf8');
  const explanation = inFlags(
    explainWithDetails(createRedactor().bytes(log), { dockerfile, exitCode: flags['exit-code'] }),
  );
  if (flags.json === true) {
    io.stdout.write(`${safeJson(explanation.report, 2)}\n`);
  } else {
    const color = chooseColors(io.stdout, io.env) !== noColors;
    const text = formatExplanation(explanation, { width: io.stdout.columns || undefined, color });
    io.stdout.write(textFor(io.env)(text.endsWith('\n') ? text : `${text}\n`));
  }
  return exitCodes.done;
}

async function readStdin({ stdin }: Io): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    sizeBytes += bytes.length;
    if (sizeBytes > largestLogBytes) {
      throw usageError('Reading the log from standard input: it has more than a gibibyte.');
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function readInput(path: string, what: string): Promise<Buffer> {
  try {
    return await readWholeFile(path, { largestBytes: largestLogBytes });
  } catch (error) {
    throw usageError(`Reading the ${what} ${shown(path)}: ${fileProblem(error)}.`);
  }
}

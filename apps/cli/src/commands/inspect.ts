import { createKanikit, type Kanikit } from '@kanikit/sdk';
import { explainWithDetails, formatExplanation } from '@kanikit/kaniko';
import { isKanikitError } from '@kanikit/spec';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { inspectCommand } from '../command-line/found-commands.ts';
import { terminalWidth } from '../displays/choose-mode.ts';
import { foundJson, iso } from '../found/found-json.ts';
import { foundOptions, foundQuery } from '../found/found-options.ts';
import { inspectLines } from '../found/inspect-lines.ts';
import { exitCodes, type Io } from '../io.ts';
import { textFor } from '../text/locale.ts';
import { chooseColors, noColors } from '../text/colors.ts';
import { safeJson } from '@kanikit/toolkit/text';

/** The end of a log longer than this explains it just as well. */
const largestLogBytes = 32 * 1024 * 1024;

type Explained = ReturnType<typeof explainWithDetails>;

/** `kanikit inspect`. */
export async function runInspectCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(inspectCommand, values);
  const [name = ''] = values.args;
  const query = foundQuery(flags);
  await using kanikit = await createKanikit(await foundOptions(flags, io));
  const build = await kanikit.inspect(name, query);
  const { phase, details, ...found } = build;
  const exitCode = phase.state === 'ended' ? phase.result.exitCode : undefined;
  const isExplained = phase.state === 'ended' || phase.state === 'running';
  const story = isExplained
    ? await explain(kanikit, `${build.namespace}/${build.pod}`, exitCode, query)
    : undefined;
  if (flags.json === true) {
    const events = details.events.map((event) => ({ ...event, time: iso(event.time) }));
    const json = {
      schema: 'kanikit.build/1',
      ...foundJson({ ...found, phase }),
      conditions: details.conditions,
      events,
      explanation: story?.report,
    };
    io.stdout.write(`${safeJson(json)}\n`);
    return exitCodes.done;
  }
  const colors = chooseColors(io.stdout, io.env);
  io.stdout.write(
    textFor(io.env)(
      `${inspectLines(build, { now: Date.now(), colors, width: terminalWidth(io.stdout) }).join('\n')}\n`,
    ),
  );
  if (story === undefined) return exitCodes.done;
  const text = formatExplanation(story, {
    width: terminalWidth(io.stdout),
    color: colors !== noColors,
    isRunning: phase.state === 'running',
  });
  io.stdout.write(textFor(io.env)(`\n${text.trimEnd()}\n`));
  return exitCodes.done;
}

/** The story of a build's log; undefined where it can't be read any longer, which is no reason to tell nothing. */
async function explain(
  kanikit: Kanikit,
  name: string,
  exitCode: number | undefined,
  query: { readonly isEverywhere: boolean },
): Promise<Explained | undefined> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const { bytes } of kanikit.logs(name, query)) {
      pieces.push(bytes);
      sizeBytes += bytes.length;
      while (sizeBytes > largestLogBytes) sizeBytes -= pieces.shift()?.length ?? 0;
    }
  } catch (error) {
    if (!isKanikitError(error)) throw error;
    return undefined;
  }
  return explainWithDetails(Buffer.concat(pieces), { exitCode });
}

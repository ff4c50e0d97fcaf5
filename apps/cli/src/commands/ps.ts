import { createKanikit } from '@kanikit/sdk';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { psCommand } from '../command-line/found-commands.ts';
import { buildTable } from '../found/build-table.ts';
import { foundJson } from '../found/found-json.ts';
import { foundOptions, foundQuery, placeOf } from '../found/found-options.ts';
import { terminalWidth } from '../displays/choose-mode.ts';
import { exitCodes, type Io } from '../io.ts';
import { textFor } from '../text/locale.ts';
import { chooseColors } from '../text/colors.ts';
import { safeJson } from '@kanikit/toolkit/text';
import { plural } from '../text/units.ts';

/** `kanikit ps`. */
export async function runPsCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(psCommand, values);
  const query = foundQuery(flags);
  await using kanikit = await createKanikit(await foundOptions(flags, io));
  const found = await kanikit.builds(query);
  const ofRun = found.filter(({ runId }) => flags.run === undefined || runId === flags.run);
  const shown = flags.all === true ? ofRun : ofRun.filter(({ phase }) => phase.state !== 'ended');
  if (flags.json === true) {
    io.stdout.write(`${safeJson({ schema: 'kanikit.builds/1', builds: shown.map(foundJson) })}\n`);
    return exitCodes.done;
  }
  if (shown.length === 0) {
    const ended = ofRun.length === 0 ? '' : `; ${plural(ofRun.length, 'ended build')} (--all)`;
    const none = flags.all === true ? 'There are no builds' : 'No builds are running';
    io.stderr.write(`${none} in ${placeOf(kanikit, query)}${ended}.\n`);
    return exitCodes.done;
  }
  // A pipe has no width: whatever reads it wants all of it.
  const width = terminalWidth(io.stdout) ?? Number.POSITIVE_INFINITY;
  const options = { now: Date.now(), width, colors: chooseColors(io.stdout, io.env) };
  io.stdout.write(textFor(io.env)(`${buildTable(shown, options).join('\n')}\n`));
  return exitCodes.done;
}

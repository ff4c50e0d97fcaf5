import { createKanikit } from '@kanikit/sdk';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { logsCommand } from '../command-line/found-commands.ts';
import { createLineWriter } from '../displays/line-writer.ts';
import { foundOptions, foundQuery } from '../found/found-options.ts';
import { exitCodes, type Io } from '../io.ts';
import { printableOutput } from '@kanikit/toolkit/text';

/** `kanikit logs`: the bytes as they are into a pipe or file; on a terminal without what could take it over. */
export async function runLogsCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(logsCommand, values);
  const [name = ''] = values.args;
  const gone = new AbortController();
  await using kanikit = await createKanikit(await foundOptions(flags, io));
  const lines = kanikit.logs(name, {
    ...foundQuery(flags),
    isFollowed: flags.follow ?? false,
    sinceMs: flags.since,
    signal: gone.signal,
  });
  const writer = createLineWriter(io.stdout, () => gone.abort(new Error('the reader went away')));
  try {
    for await (const { bytes } of lines) {
      const text = Buffer.from(bytes);
      await writer.write(io.stdout.isTTY ? `${printableOutput(text.toString('utf8'))}\n` : text);
    }
    await writer.flush();
  } catch (error) {
    // `| head` has seen enough.
    if (!gone.signal.aborted) throw error;
  }
  return exitCodes.done;
}

import { createKanikit } from '@kanikit/sdk';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { cancelCommand } from '../command-line/found-commands.ts';
import { usageError } from '../command-line/usage-error.ts';
import { foundOptions, foundQuery, placeOf } from '../found/found-options.ts';
import { exitCodes, type Io } from '../io.ts';
import { printable } from '@kanikit/toolkit/text';

/** `kanikit cancel`. */
export async function runCancelCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(cancelCommand, values);
  if (values.args.length > 0 === (flags.all === true)) {
    throw usageError('"kanikit cancel" needs the names of builds, or --all.', 'List them with "kanikit ps".');
  }
  const query = foundQuery(flags);
  await using kanikit = await createKanikit(await foundOptions(flags, io));
  const all = async (): Promise<readonly string[]> => {
    const builds = await kanikit.builds(query);
    const open = builds.filter(({ phase }) => phase.state !== 'ended');
    return open.map(({ namespace, pod }) => `${namespace}/${pod}`);
  };
  const names = flags.all === true ? await all() : values.args;
  if (names.length === 0) {
    io.stderr.write(`There is no build to cancel in ${placeOf(kanikit, query)}.\n`);
    return exitCodes.done;
  }
  for (const { build, outcome, isMarked } of await kanikit.cancel(names, query)) {
    const what = printable(`${build.buildId} (pod ${build.namespace}/${build.pod})`);
    if (outcome === 'ended') {
      io.stderr.write(`${what} has ended already\n`);
      continue;
    }
    io.stdout.write(`cancelled ${what}\n`);
    if (isMarked || build.ownership === 'detached') continue;
    io.stderr.write(
      `warning: ${what} could not be marked as cancelled: its client may start it again\n hint: Ask for a Role with verb "patch" on "pods" in ${build.namespace}.\n`,
    );
  }
  return exitCodes.done;
}

import { type BucketOptions, type Contexts, createContexts } from '@kanikit/sdk';
import type { ArchiveContext } from '@kanikit/spec';
import { bucketOptions, contextAccess } from '../build/bucket-options.ts';
import { sandboxOptions } from '../build/sandbox-options.ts';
import { contextCommand } from '../command-line/context-command.ts';
import { type FlagValues, flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { nearestName } from '@kanikit/toolkit/text';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import { listContext } from '../context/list-context.ts';
import { packContext } from '../context/pack-context.ts';
import { pushContext } from '../context/push-context.ts';
import { handleInterrupts } from '../displays/interrupts.ts';
import { exitCodes, type Io } from '../io.ts';

type ContextFlags = FlagValues<(typeof contextCommand)['flags']>;

const actions = ['ls', 'pack', 'push', 'lifecycle'] as const;
type Action = (typeof actions)[number];

/** Flags that belong to some actions only. */
const ownFlags: Readonly<Record<string, readonly Action[]>> = {
  all: ['ls'],
  ignored: ['ls'],
  json: ['ls', 'push'],
  output: ['pack'],
  mtime: ['pack', 'push'],
  sandbox: ['push', 'lifecycle'],
};
const defaultKeepMs = 7 * 24 * 60 * 60 * 1000;

/** `kanikit context ls|pack|push|lifecycle`. */
export async function runContextCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(contextCommand, values);
  const [word = '', name] = values.args;
  const action = actionOf(word);
  checkFlags(action, flags, values.given, name, io);
  const usesBucket = action === 'push' || action === 'lifecycle';
  const store = usesBucket ? await storeOf(flags, io.env) : undefined;
  if (store === undefined && usesBucket) {
    throw usageError(
      `"kanikit context ${action}" needs a bucket.`,
      'Name one with --bucket, e.g. s3://BUCKET.',
    );
  }
  const contexts = await createContexts({
    store,
    access: await contextAccess(flags),
    env: io.env,
    stdin: io.stdin,
  });
  if (action === 'lifecycle') {
    const rule = await contexts.lifecycleRule(flags['keep-context'] ?? defaultKeepMs);
    io.stdout.write(`${rule.trimEnd()}\n`);
    return exitCodes.done;
  }
  return await withContext(contexts, name ?? '', flags, io, async (context, signal) => {
    switch (action) {
      case 'ls':
        return await listContext(name ?? '', context, flags, signal, io);
      case 'pack':
        return await packContext(context, flags.output ?? '', flags.quiet === true, signal, io);
      case 'push':
        return await pushContext(
          contexts,
          context,
          { json: flags.json, quiet: flags.quiet, keepMs: flags['keep-context'] ?? defaultKeepMs },
          signal,
          io,
        );
      default:
        return action satisfies never;
    }
  });
}

/** Opens a context, hands it over, closes it. Ctrl-C ends it, and what is half done is removed; a second one ends this process. */
async function withContext(
  contexts: Contexts,
  name: string,
  flags: ContextFlags,
  io: Io,
  use: (context: ArchiveContext, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const stop = new AbortController();
  using _interrupts = handleInterrupts({
    cancel: () => stop.abort(),
    leave: () => process.exit(exitCodes.interrupted),
    exit: () => process.exit(exitCodes.interrupted),
  });
  const input = {
    context: name,
    dockerfile: flags.file,
    contextSubPath: flags['context-sub-path'],
    git: { depth: flags['git-depth'], submodules: flags['git-submodules'] },
  };
  let context: ArchiveContext | undefined;
  try {
    context = await contexts.open(input, { signal: stop.signal });
    await use(context, stop.signal);
    return exitCodes.done;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    io.stderr.write('Interrupted.\n');
    return exitCodes.interrupted;
  } finally {
    await context?.close?.();
  }
}

function actionOf(word: string): Action {
  const action = actions.find((candidate) => candidate === word);
  if (action !== undefined) return action;
  const meant = nearestName(word, actions);
  throw usageError(
    `"kanikit context" takes ls, pack, push or lifecycle; got ${quoted(word)}.`,
    meant === undefined ? undefined : `Did you mean "kanikit context ${meant}"?`,
  );
}

function checkFlags(
  action: Action,
  flags: ContextFlags,
  given: ParsedValues['given'],
  name: string | undefined,
  io: Io,
): void {
  for (const [flag, owners] of Object.entries(ownFlags)) {
    // One of the environment is meant for other commands, too, and --json=false asks for nothing.
    const isGiven = given?.has(flag) === true && flags[flag as keyof ContextFlags] !== false;
    if (isGiven && !owners.includes(action)) {
      const places = owners.map((owner) => `"kanikit context ${owner}"`).join(' and ');
      throw usageError(`--${flag} belongs to ${places}.`);
    }
  }
  if (action === 'lifecycle') {
    if (name !== undefined)
      throw usageError('"kanikit context lifecycle" is about the bucket: leave out the context.');
    return;
  }
  if (name === undefined)
    throw usageError(`"kanikit context ${action}" needs a context, such as . for this folder.`);
  if (name === '-' && flags.file === '-')
    throw usageError("Context and Dockerfile can't both come from standard input.");
  if (action !== 'pack') return;
  if (flags.output === undefined)
    throw usageError(
      '"kanikit context pack" needs a place for the archive.',
      'Add -o FILE, or -o - for standard output.',
    );
  if (flags.output === '-' && io.stdout.isTTY)
    throw usageError(
      'A terminal is no place for an archive.',
      'Send standard output into a file or a pipe, or add -o FILE.',
    );
}

async function storeOf(flags: ContextFlags, env: Io['env']): Promise<BucketOptions | undefined> {
  const bucket = await bucketOptions(flags);
  if (flags.sandbox !== true || bucket !== undefined) return bucket;
  const { store } = await sandboxOptions(undefined, env);
  return { ...store, kind: 's3' };
}

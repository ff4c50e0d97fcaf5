import { type ArchiveContext, type ContextEntry, KanikitError, type RunContext } from '@kanikit/spec';
import { textFor } from '../text/locale.ts';
import { chooseColors } from '../text/colors.ts';
import { createLineWriter, type LineWriter } from '../displays/line-writer.ts';
import type { Io } from '../io.ts';
import { printable } from '@kanikit/toolkit/text';
import { safeJson } from '@kanikit/toolkit/text';
import { formatBytes } from '../text/units.ts';
import { createContextCounter } from './context-summary.ts';
import { summaryTable } from './summary-table.ts';

export interface ListFlags {
  readonly all?: boolean | undefined;
  readonly ignored?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const sizeWidth = 8;

/** `kanikit context ls`: a summary; every path on request. */
export async function listContext(
  name: string,
  context: ArchiveContext,
  flags: ListFlags,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  // Whoever has seen enough (`| head`) ends it, and that is no failure.
  const gone = new AbortController();
  const run: RunContext = { signal: AbortSignal.any([signal, gone.signal]), now: Date.now };
  const entries = context.list?.({ withIgnored: true }, run);
  if (entries === undefined) throw notListable(name);
  const writer = createLineWriter(io.stdout, () => gone.abort());
  try {
    if (flags.json === true) await writeJson(entries, writer);
    else await writeText(name, entries, flags, writer, io);
    await writer.flush();
  } catch (error) {
    if (!gone.signal.aborted || signal.aborted) throw error;
  }
}

async function writeText(
  name: string,
  entries: AsyncIterable<ContextEntry>,
  { all: isAll = false, ignored: isIgnored = false }: ListFlags,
  writer: LineWriter,
  io: Io,
): Promise<void> {
  const counter = createContextCounter();
  for await (const entry of entries) {
    counter.add(entry);
    const isWanted = entry.ignoredBy === undefined ? isAll : isIgnored;
    if (isWanted) await writer.write(`${entryLine(entry)}\n`);
  }
  if (isAll || isIgnored) return;
  const lines = summaryTable(name, counter.summary(), chooseColors(io.stdout, io.env));
  await writer.write(textFor(io.env)(`${lines.join('\n')}\n`));
}

/** `  1.2 MB  src/app.bin`; what is ignored with its rule. Nothing is cut: this is for pipes, too. */
function entryLine({ path, type, sizeBytes, ignoredBy }: ContextEntry): string {
  const size = type === 'file' || ignoredBy !== undefined ? formatBytes(sizeBytes) : '';
  const kind = { file: '', directory: '/', symlink: ' (symbolic link)', hardlink: ' (hard link)' }[type];
  const rule =
    ignoredBy === undefined
      ? ''
      : `  ${printable(ignoredBy.file)}:${ignoredBy.line} ${printable(ignoredBy.pattern)}`;
  return `${size.padStart(sizeWidth)}  ${printable(path)}${kind}${rule}`;
}

/** One object, written as it comes: a context may have a million files. */
async function writeJson(entries: AsyncIterable<ContextEntry>, writer: LineWriter): Promise<void> {
  const counter = createContextCounter();
  const ignored: unknown[] = [];
  let separator = '';
  await writer.write('{"files":[');
  for await (const entry of entries) {
    counter.add(entry);
    const { path, type, sizeBytes, ignoredBy } = entry;
    if (ignoredBy !== undefined) {
      ignored.push({ path, type, sizeBytes, ...ignoredBy });
      continue;
    }
    await writer.write(`${separator}\n${safeJson({ path, type, sizeBytes })}`);
    separator = ',';
  }
  const { totals, secrets } = counter.summary();
  await writer.write(
    `\n],\n"totals":${safeJson(totals)},\n"ignored":${safeJson(ignored)},\n"secrets":${safeJson(secrets)}}\n`,
  );
}

function notListable(name: string): KanikitError {
  return new KanikitError({
    code: 'context-option-unsupported',
    message: `Listing the context "${name}": what is in it is known only when it is read.`,
    hint: 'Pack it into a file, and list that: kanikit context pack CONTEXT -o context.tar.gz',
  });
}

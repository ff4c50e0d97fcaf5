import { cleanPath, trimSpace } from './go-path.ts';
import { byteOrderMark, decodeBytes, encodeBytes } from '../names/byte-string.ts';
import { IgnoreSyntaxError } from './ignore-syntax-error.ts';

/** One rule of an ignore file, in docker's normal form (`!` first, cleaned, no leading slash). */
export interface IgnoreRule {
  readonly pattern: string;
  /** 1-based line in the ignore file. */
  readonly line: number;
}

/** Longest line docker reads (the default of Go's `bufio.Scanner`). */
const longestLineBytes = 64 * 1024;

/**
 * Reads an ignore file as docker does (`moby/patternmatcher/ignorefile`).
 *
 * @throws IgnoreSyntaxError for a line that docker's reader refuses
 */
export function parseIgnoreFile(contents: Uint8Array): readonly IgnoreRule[] {
  const rules: IgnoreRule[] = [];
  const lines = decodeBytes(contents).split('\n');
  for (const [index, raw] of lines.entries()) {
    // Shorter in UTF-16 units than in bytes at most; the exact count is taken only near the limit.
    if (raw.length * 4 >= longestLineBytes && encodeBytes(raw).length >= longestLineBytes) {
      throw new IgnoreSyntaxError(`${raw.slice(0, 40)}…`, 'the line is longer than 64 KiB', index + 1);
    }
    let line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (index === 0 && line.startsWith(byteOrderMark)) line = line.slice(1);
    if (line.startsWith('#')) continue;
    const pattern = normalizePattern(line);
    if (pattern !== undefined) rules.push({ pattern, line: index + 1 });
  }
  return rules;
}

function normalizePattern(line: string): string | undefined {
  const trimmed = trimSpace(line);
  if (trimmed === '') return undefined;
  const isException = trimmed.startsWith('!');
  let pattern = isException ? trimSpace(trimmed.slice(1)) : trimmed;
  if (pattern !== '') pattern = cleanPath(pattern);
  if (pattern.length > 1 && pattern.startsWith('/')) pattern = pattern.slice(1);
  return isException ? `!${pattern}` : pattern;
}

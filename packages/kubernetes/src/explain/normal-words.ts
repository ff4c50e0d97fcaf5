import { shortWords } from '../api/client/short-words.ts';

/**
 * Words without what changes each time the cluster repeats them: ids, back-off times, ports, times. Two messages that differ in nothing
 * else say the same.
 */
export function normalWords(words: string): string {
  return shortWords(words)
    .replace(/^Back-off pulling image "[^"]*": ErrImagePull: /, '')
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, 'ID')
    .replaceAll(/\b\d{4}-\d{2}-\d{2}[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?/g, 'TIME')
    .replaceAll(/(?<!sha256:)\b[0-9a-f]{12,}\b/gi, 'ID')
    .replaceAll(/(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\]):\d{4,5}->/g, '$1:PORT->')
    .replaceAll(/(?<![\w.])(?:\d+(?:\.\d+)?(?:h|ms|m|s|µs))+\b/g, 'TIME')
    .replaceAll(/\brequest(?: |-)?id:? ?"?[\w-]+"?/gi, 'ID');
}

import { readNetworkError, withoutNames } from '@kanikit/toolkit/go-errors';

/**
 * What kubelet, container runtimes and registries say, without names of images, pods, hosts and secrets. An error of the network stands in front as
 * `[network interrupted]`, `[certificate expired]` or `[proxy refused]`.
 */
export function namelessWords(words: string): string {
  const plain = withoutNames(words)
    // CRI-O names tag and repository without quotes.
    .replaceAll(/\b(reading manifest|manifest for|choosing image instance for|reading blob) \S+/g, '$1')
    // Addresses, and references without a slash.
    .replaceAll(/[^\s,;()]+/g, (word) => (/[^:]:[^:]/.test(word) ? '…' : word));
  return `${networkWords(words)}${plain}`;
}

function networkWords(words: string): string {
  const error = readNetworkError(words);
  if (error === undefined) return '';
  if (error.trouble === 'certificate') return `[certificate ${error.certificate}] `;
  if (error.trouble === 'proxy') return `[proxy ${error.isTemporary ? 'unreachable' : 'refused'}] `;
  return `[network ${error.trouble}] `;
}

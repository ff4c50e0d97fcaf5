/**
 * Longest words that are read, in characters: a kubelet's have 4,096 at most, while those of registries and admission webhooks have no end, and
 * patterns take their time over a long text.
 */
const longestWords = 8_192;

/** Words that are no longer than anyone reads them. */
export function shortWords(message: string): string {
  return message.length > longestWords ? `${message.slice(0, longestWords)}…` : message;
}

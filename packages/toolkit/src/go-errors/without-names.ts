/** Words without what they quote, addresses, host names, paths and references: names can hold any word that a rule looks for. Linear. */
export function withoutNames(words: string): string {
  return words
    .replaceAll(/"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|‘[^‘’\n]*’|“[^“”\n]*”/g, '…')
    .replaceAll(/<[^<>\n]*>/g, ' ')
    .replaceAll(/[^\s,;()]+/g, (word) => (/[/@]|\w\.\w/.test(word) ? '…' : word));
}

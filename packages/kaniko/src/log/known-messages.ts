import { messageTemplates } from './message-templates.ts';

/** Messages that start with a value. */
const open =
  / (?:detected as changed but does not exist|environment not set\. Using default snapshot timeout |found in \.dockerignore, ignoring|inode exists in hardlinks map, linking to |is deprecated, skipping|uses plaintext http: spans |is zero, converting to zero for epoch|files extracted by caching (?:copy|run) command|is not a valid boolean; Dockerfile content WILL be exported)/;
/** Rules of the Dockerfile linter. */
const lint = /^[A-Z]\w+: [^\n]+(?: \(line \d+\)\s|\n\thttps?:)/;
/** Linked credential helpers use the same logger. */
const linked =
  /^(?:Error (?:retrieving credentials|parsing the serverURL|creating|loading|saving)|Retrieving credentials|Using cached|Calling ECR\.GetAuthorizationToken|Checking file cache|Could not (?:save|fetch)|Got error fetching authorization token|Saving credentials|Looking for a config|Unable to load|Loading registry cache)/i;

/** The fixed parts of each template, in their order. */
const byFirstWord = new Map<string, (readonly string[])[]>();
for (const template of messageTemplates.trim().toLowerCase().split('\n')) {
  const [word = ''] = template.split(' ', 1);
  const list = byFirstWord.get(word) ?? [];
  list.push(template.split('*'));
  byFirstWord.set(word, list);
}

/**
 * True for a message that some release of the executor prints and the decoder has no use for.
 *
 * @param word its first word in lower case
 */
export function isKnownMessage(message: string, word: string): boolean {
  // The colour format loses trailing blanks, so one is added; what follows the first 2000 characters (lists of files) tells nothing more.
  const start = message.length > 2000 ? message.slice(0, 2000) : `${message} `;
  const lower = start.toLowerCase();
  for (const parts of byFirstWord.get(word) ?? []) if (hasParts(lower, parts)) return true;
  return open.test(start) || lint.test(start) || linked.test(start);
}

/** True for a text that begins with the first part and has the others behind, each as early as it can be. */
function hasParts(text: string, parts: readonly string[]): boolean {
  if (!text.startsWith(parts[0] ?? '')) return false;
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

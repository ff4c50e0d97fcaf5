export { errorWords } from './error-words.ts';
export { asSentence } from './as-sentence.ts';
export { nearestName } from './nearest-name.ts';
export { parseBoolean } from './parse-boolean.ts';
export { oneLine, printable, printableOutput } from './printable.ts';
export { safeJson } from './safe-json.ts';
export { withoutCredentials } from './without-credentials.ts';
export { stripEnd, stripEnds } from './strip-end.ts';

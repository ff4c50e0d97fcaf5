export { oneLine, printable } from './printable.ts';
export { safeJson } from './safe-json.ts';

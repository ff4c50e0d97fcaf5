export { createIgnoreMatcher, type IgnoreMatcher } from './ignore-matcher.ts';
export { IgnoreSyntaxError } from './ignore-syntax-error.ts';
export { parseIgnoreFile } from './parse-ignore-file.ts';

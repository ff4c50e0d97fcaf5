/** Codes of Node for a module that is not there or can't be loaded. */
const moduleCodes: ReadonlySet<unknown> = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_UNKNOWN_BUILTIN_MODULE',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
]);

/** What esbuild, rollup and webpack put in place of a `require` that their bundle does not have. */
const bundlerWords = [
  'Dynamic require of ',
  'Could not dynamically require ',
  'require is not defined',
  'Cannot find module ',
];

/** What to do about a library that can't be loaded. */
export const brokenLibraryHint =
  'Install the packages of kanikit as they are, or bundle them as https://github.com/kanikit/kanikit/blob/main/docs/bundling.md says.';

/** Longest chain of causes that is looked at. */
const deepest = 5;

/**
 * What a library on this machine lacks, when an error says that it could not be loaded: a bundle without `require`, a package that is not
 * installed. Such an error is no answer of a server, and another try fails the same way. Undefined for every other error.
 */
export function brokenLibrary(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < deepest; at = at.cause, depth += 1) {
    const { code, message } = at as Error & { readonly code?: unknown };
    if (moduleCodes.has(code) || bundlerWords.some((words) => message.startsWith(words))) return message;
  }
  return undefined;
}

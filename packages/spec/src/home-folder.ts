/**
 * The user's home folder: `HOME`, else what `ofUser` (Node's `homedir`) knows, else `/`, as container runtimes have it.
 *
 * @param ofUser throws for a user without an entry in the password file, as clusters give them to containers
 */
export function homeFolder(env: Readonly<Record<string, string | undefined>>, ofUser: () => string): string {
  const named = env['HOME'];
  if (named !== undefined && named !== '') return named;
  try {
    return ofUser();
  } catch {
    return '/';
  }
}

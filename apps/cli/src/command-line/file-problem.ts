/** What Node says about a file, without its path, which the message around it has: `ENOENT: no such file or directory`. */
export function fileProblem(error: unknown): string {
  return (error as Error).message.replace(/, [a-z]+(?: '.*')?$/s, '');
}

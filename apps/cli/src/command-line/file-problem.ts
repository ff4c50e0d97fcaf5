/** What Node says about a file, without its path, which the message around it has: `ENOENT: no such file or directory`. */
export function fileProblem(error: unknown): string {
  const { message } = error as Error;
  const end = message.search(/, [a-z]+(?: '|$)/);
  return end < 0 ? message : message.slice(0, end);
}

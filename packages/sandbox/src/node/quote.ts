/** One word for a POSIX shell. */
export function quote(text: string): string {
  if (text.includes('\0')) throw new TypeError('A NUL byte cannot be passed to a program.');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

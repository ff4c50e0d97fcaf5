/** Text that is not YAML, or not what JSON can hold. The message never quotes the text: it may hold a secret. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** From 1 on. */
  readonly line: number | undefined;

  constructor(problem: string, line?: number) {
    super(line === undefined ? problem : `line ${line}: ${problem}`);
    this.line = line;
  }
}

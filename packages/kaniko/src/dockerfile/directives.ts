import { invalidDockerfile } from './invalid-dockerfile.ts';

/** Reads the `# name=value` lines at the top of a Dockerfile. */
export interface DirectiveReader {
  /** The character that continues lines and escapes. */
  readonly escape: () => string;
  /** Takes the next line, without leading blanks; the first one that is no directive ends the reading. */
  readonly read: (line: string, lineNumber: number) => void;
}

const directivePattern = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S(?:.*\S)?)\s*$/;
const knownDirectives = new Set(['syntax', 'escape', 'check']);

/** Of the parser directives only `escape` matters: `syntax` and `check` have no effect in the executor. */
export function createDirectiveReader(): DirectiveReader {
  const seen = new Set<string>();
  let isDone = false;
  let escape = '\\';
  return {
    escape: () => escape,
    read: (line, lineNumber) => {
      if (isDone) return;
      const [, rawName, value = ''] = directivePattern.exec(line) ?? [];
      const name = rawName?.toLowerCase();
      if (name === undefined || !knownDirectives.has(name)) {
        isDone = true;
        return;
      }
      if (seen.has(name)) {
        throw invalidDockerfile(lineNumber, `the directive ${name} is given twice`, 'Keep one of them.');
      }
      seen.add(name);
      if (name !== 'escape') return;
      if (value !== '\\' && value !== '`') {
        throw invalidDockerfile(
          lineNumber,
          `"${value}" can't be the escape character`,
          'It is a backslash or a backtick.',
        );
      }
      escape = value;
    },
  };
}

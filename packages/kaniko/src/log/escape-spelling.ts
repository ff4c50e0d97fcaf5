/** How the escape byte looks once a terminal, an editor or a log viewer has written it out. */
const spellings = [
  '←',
  '␛',
  '^[',
  '\\x1b',
  '\\x1B',
  '\\u001b',
  '\\u001B',
  '\\033',
  '\\e',
  '&#27;',
  '&#x1b;',
  '\ufffd',
];

const head = /(?:\[3\dm)(?:TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)/;

/** The spelling in which a line has the escape bytes of the executor's coloured header; undefined when it has none of them. */
export function findEscapeSpelling(line: string): string | undefined {
  const found = head.exec(line);
  if (!found) return undefined;
  const before = line.slice(Math.max(0, found.index - 10), found.index);
  return spellings.find((spelling) => before.endsWith(spelling));
}

/** The line with its escape bytes. Only what can begin a sequence is taken for one. */
export function undoEscapeSpelling(line: string, spelling: string): string {
  return line.replaceAll(`${spelling}[`, '\x1b[');
}

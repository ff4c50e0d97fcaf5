const quote = '&(?:quot|#0*34|#x0*22);';
/** What only the executor writes, with characters that the source of a web page spells out: its headers, and the numbers of a stage. */
const signs = new RegExp(
  String.raw`time=${quote}\d{4}-|\{${quote}level${quote}:|\[idx: &(?:apos|#0*39|#x0*27);\d|&#(?:0*27|x0*1b);\[3\dm(?:TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)`,
  'i',
);
const entity = /&(?:(lt|gt|amp|quot|apos|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi;
const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};
const lastCodePoint = 0x10_ff_ff;

/** True for a line of the executor that was copied from the source of a web page. */
export function isHtmlLine(line: string): boolean {
  return line.includes('&') && signs.test(line);
}

/** The line with its characters: `&lt;` is `<`. */
export function undoEntities(line: string): string {
  return line.replaceAll(entity, (whole, name?: string, decimal?: string, hexadecimal?: string) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const codePoint = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return codePoint > lastCodePoint ? whole : String.fromCodePoint(codePoint);
  });
}

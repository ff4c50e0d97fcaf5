const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Index of the quote that closes a Go string literal that opens at `start`; -1 when it is not closed. */
export function closingQuote(text: string, start: number): number {
  for (let index = start + 1; ;) {
    const quote = text.indexOf('"', index);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92 && quote - slashes > start + 1) slashes += 1;
    if (slashes % 2 === 0) return quote;
    index = quote + 1;
  }
}

/** Undoes Go's `strconv.Quote` on what stands between the quotes; undefined where Go would not have written it so. */
export function unquoteGo(body: string): string | undefined {
  if (!body.includes('\\')) return body;
  let isValid = true;
  const text = body.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.)|$)/gs,
    (_match, byte: string, short: string, long: string, letter: string) => {
      const code = byte ?? short ?? long;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
      }
      const value = letter === undefined ? undefined : simple[letter];
      if (value === undefined) isValid = false;
      return value ?? '';
    },
  );
  return isValid ? text : undefined;
}

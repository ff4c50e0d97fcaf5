/** Bytes as programs dump them: `73656372`, `73:65:63`, `73 65 63`, `\x73\x65`, `0x73, 0x65`, `%73%65`; with an end, since a loop without one fills the stack. */
const runs = /[0-9a-f]{2}(?:(?:[:\s-]|\\{1,4}x|%|,?\s?0x)?[0-9a-f]{2}){7,16384}/gi;
/** What stands between two bytes. */
const between = /0x|\\x|[^0-9a-f]/gi;

/** Takes hidden what is hidden in bytes that are written as hexadecimal digits. */
export function hideInHex(text: string, isSecret: (bytes: string) => boolean, mask: string): string {
  return text.replace(runs, (run) => {
    const digits = run.replace(between, '');
    // An address in front of the bytes may have moved them by a digit.
    const isHidden = [digits, digits.slice(1)].some((some) =>
      isSecret(Buffer.from(some.slice(0, some.length & ~1), 'hex').toString('latin1')),
    );
    return isHidden ? mask : run;
  });
}

/** Words of YAML 1.1. */
const words: Readonly<Record<string, boolean | null>> = {
  ...Object.fromEntries(spellings('y', 'yes', 'true', 'on').map((word) => [word, true])),
  ...Object.fromEntries(spellings('n', 'no', 'false', 'off').map((word) => [word, false])),
  ...Object.fromEntries(['', '~', ...spellings('null')].map((word) => [word, null])),
};

const notFinite = /^(?:\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$/;
const whole = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9]\d*))$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** What fits into 64 bits is a whole number to Go; here a larger one is the same number as a float. */
const largest = 2 ** 64;

/**
 * What text without quotes stands for where kubectl reads it: YAML 1.1 as Go's `yaml.v2` has it. Numbers of base 60 and dates are text.
 *
 * Source: `resolve.go` of https://github.com/yaml/go-yaml/tree/v2
 */
export function readPlain(text: string): string | number | boolean | null {
  if (Object.hasOwn(words, text)) return words[text] ?? null;
  if (notFinite.test(text)) return text.toLowerCase().endsWith('nan') ? Number.NaN : infinity(text);
  if (text.startsWith('.')) return float.test(text) ? finite(text) : text;
  if (!/^[-+\d]/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  const [, sign = '', hex, octal, binary, decimal] = whole.exec(digits) ?? [];
  const value = parse(hex, 16) ?? parse(octal, 8) ?? parse(binary, 2) ?? parse(decimal, 10);
  if (value !== undefined && value < largest) return sign === '-' ? 0 - value : value;
  if (!float.test(digits)) return text;
  const number = finite(digits);
  return typeof number === 'number' ? number : text;
}

function parse(digits: string | undefined, base: number): number | undefined {
  return digits === undefined ? undefined : Number.parseInt(digits, base);
}

function finite(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function infinity(text: string): number {
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function spellings(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [
    name,
    `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    name.toUpperCase(),
  ]);
}

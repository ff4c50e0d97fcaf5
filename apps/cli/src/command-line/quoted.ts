import { withoutCredentials } from '@kanikit/toolkit/text';

/** Longer values are shortened: an error is read, not searched. */
const mostShown = 120;

/** A value of the command line as errors repeat it: in quotes, short, and without what could be a secret. Every usage error that shows a value uses it. */
export function quoted(value: string): string {
  return `"${shown(value)}"`;
}

/** The same without quotes, for lists. */
export function shown(value: string): string {
  const text = withoutCredentials(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

/** An argument that may be `--flag=value` or `KEY=VALUE`: only what stands before the equals sign. */
export function withoutValue(argument: string): string {
  const [name = '', ...value] = argument.split('=');
  return value.length === 0 ? shown(argument) : `${shown(name)}=…`;
}

/** `id=…,source=…`: the keys of a list of pairs, as far as they are words, and no value. */
export function shapeOf(list: string): string {
  const keys = list.split(',').map((part) => /^([a-z0-9]{1,10})=/i.exec(part)?.[1]);
  return keys.map((key) => (key === undefined ? '…' : `${key}=…`)).join(',');
}

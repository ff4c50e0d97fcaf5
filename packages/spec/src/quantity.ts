const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const shape = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/;

/** The amount of a Kubernetes quantity (`500m`, `2Gi`, `1e3`); undefined when absent or none. */
export function parseQuantity(value: string | number | undefined): number | undefined {
  const match = value === undefined ? null : shape.exec(String(value));
  if (match === null) return undefined;
  const [, number = '', exponent = '', suffix = ''] = match;
  return Number(`${number}${exponent}`) * suffixes[suffix]!;
}

/** Twice an amount, in the unit it is written in; undefined for what is no quantity. */
export function doubledQuantity(quantity: string): string | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([EPTGMKk]i?|m|)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : `${Number(number) * 2}${unit}`;
}

// The formats of k8s.io/apimachinery/pkg/util/validation, with its messages.

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const dataKey = '[-._a-zA-Z0-9]+';

/** What is wrong with a DNS label (namespace, container and volume names); empty when nothing is. */
export function dnsLabelProblems(value: string): string[] {
  const words =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return check(value, 63, label, words, ['my-name', '123-abc']);
}

/** What is wrong with a DNS subdomain (names of most objects). */
export function dnsSubdomainProblems(value: string): string[] {
  const words =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return check(value, 253, subdomain, words, ['example.com']);
}

export function labelValueProblems(value: string): string[] {
  const words =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return check(value, 63, `(${qualified})?`, words, ['MyValue', 'my_value', '12345']);
}

/** What is wrong with a label or annotation key: an optional DNS prefix and a name. */
export function qualifiedNameProblems(value: string): string[] {
  const words =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const parts = value.split('/');
  const name = parts.at(-1) ?? '';
  const problems =
    name === ''
      ? ['name part must be non-empty']
      : check(name, 63, qualified, words, ['MyName', 'my.name', '123-abc'], 'name part ');
  if (parts.length === 1) return problems;
  if (parts.length > 2 || parts[0] === '') return ['prefix part must be non-empty'];
  return [...dnsSubdomainProblems(parts[0]!).map((problem) => `prefix part ${problem}`), ...problems];
}

export function dataKeyProblems(value: string): string[] {
  const words = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return check(value, 253, dataKey, words, ['key.name', 'KEY_NAME', 'key-name']);
}

export function envNameProblems(value: string): string[] {
  return /^[ -<>-~]+$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** What is wrong with the name of a port. */
export function portNameProblems(value: string): string[] {
  const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
    [value.length > 15, 'must be no more than 15 characters'],
    [!/^[-a-z0-9]+$/.test(value), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
    [!/[a-z]/.test(value), 'must contain at least one letter (a-z)'],
    [value.includes('--'), 'must not contain consecutive hyphens'],
    [value.startsWith('-') || value.endsWith('-'), 'must not begin or end with a hyphen'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, problem]) => problem);
}

function check(
  value: string,
  maximum: number,
  pattern: string,
  words: string,
  examples: readonly string[],
  prefix = '',
): string[] {
  const problems: string[] = [];
  if (value.length > maximum) problems.push(`${prefix}must be no more than ${maximum} characters`);
  if (!new RegExp(`^(?:${pattern})$`).test(value)) {
    const shown = examples.map((example) => `'${example}'`).join(',  or ');
    problems.push(`${words} (e.g. ${shown}, regex used for validation is '${pattern}')`);
  }
  return problems;
}

/** Members of a docker `config.json`, or of a key file, whose values are secrets. */
const secretMembers = /^auth$|password|token|secret|private_?key/i;

/**
 * Texts of a file in the pod's secret that a log must not show. In JSON they are the values of members that are secrets, and the password in the
 * `auth` of a docker `config.json`. Of a private key they are its lines. Certificates and Dockerfiles travel the same way, and hold none.
 */
export function secretFileTexts({ content }: { readonly content: string | Uint8Array }): readonly string[] {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
  const members = membersOf(parsed(text));
  if (members.length > 0) return [text.trim(), ...members, ...members.flatMap(keyLines)];
  return keyLines(text);
}

function membersOf(value: unknown, name: string = ''): readonly string[] {
  if (typeof value === 'string') return secretMembers.test(name) ? [value, ...passwordOf(name, value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => membersOf(member, key));
}

/** `auth` is the base64 of `user:password`. */
function passwordOf(name: string, value: string): readonly string[] {
  if (name !== 'auth') return [];
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? [] : [pair, pair.slice(colon + 1)];
}

/** The lines of a private key, without its frame. */
function keyLines(text: string): readonly string[] {
  if (!text.includes('PRIVATE KEY-----')) return [];
  return text.split('\n').flatMap((line) => (line.startsWith('-----') ? [] : [line.trim()]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

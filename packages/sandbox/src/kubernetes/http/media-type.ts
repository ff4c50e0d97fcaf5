/** One entry of an `Accept` header, or a `Content-Type`. */
export interface MediaType {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export function parseMediaTypes(header: string | undefined): readonly MediaType[] {
  return (header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseMediaType);
}

export function parseMediaType(entry: string): MediaType {
  const [name = '', ...rest] = entry.split(';').map((part) => part.trim());
  const parameters = rest.map((part) => {
    const [key = '', value = ''] = part.split('=');
    return [key.toLowerCase(), value.replace(/^"|"$/g, '')];
  });
  return { name: name.toLowerCase(), parameters: Object.fromEntries(parameters) };
}

export function isJson(type: MediaType): boolean {
  return ['application/json', 'application/*', '*/*'].includes(type.name);
}

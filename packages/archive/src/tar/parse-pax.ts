/** What a pax header says of the next entry, as far as it matters where the entry's bytes are and what it is called. */
export interface PaxFields {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

/** Reads records of the form `LENGTH KEY=VALUE\n`, by their lengths: a value may hold anything. */
export function parsePax(bytes: Buffer): PaxFields {
  let fields: PaxFields = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space === -1 || !Number.isSafeInteger(length) || length < 1 || at + length > bytes.length) {
      throw new Error('it has a pax header that can not be read');
    }
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf('=');
    fields = {
      ...fields,
      ...fieldOf(record.toString('latin1', 0, equals), record.toString('utf8', equals + 1)),
    };
    at += length;
  }
  return fields;
}

function fieldOf(key: string, value: string): PaxFields {
  switch (key) {
    case 'path':
    case 'linkpath': {
      return { [key]: value };
    }
    case 'size': {
      return { size: Number(value) };
    }
    default: {
      return {};
    }
  }
}

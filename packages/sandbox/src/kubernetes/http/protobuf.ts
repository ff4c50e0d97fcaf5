/**
 * Kubernetes' protobuf encoding, as far as kubectl's typed clients use it for writing (`create secret`, `create namespace`, `auth can-i`).
 * They do not fall back to JSON. Answers are always JSON, which they take.
 */
export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

type FieldType = 'string' | 'bytes' | 'int' | 'bool' | Message;
type Field = readonly [name: string, type: FieldType, repeat?: 'list' | 'map'];
/** Field number to field; of k8s.io/api `generated.proto`. */
interface Message {
  readonly [number: number]: Field;
}

const objectMeta: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  11: ['labels', 'string', 'map'],
  12: ['annotations', 'string', 'map'],
  14: ['finalizers', 'string', 'list'],
  13: [
    'ownerReferences',
    {
      1: ['kind', 'string'],
      3: ['name', 'string'],
      4: ['uid', 'string'],
      5: ['apiVersion', 'string'],
      6: ['controller', 'bool'],
      7: ['blockOwnerDeletion', 'bool'],
    },
    'list',
  ],
};

const accessReviewSpec: Message = {
  1: [
    'resourceAttributes',
    {
      1: ['namespace', 'string'],
      2: ['verb', 'string'],
      3: ['group', 'string'],
      4: ['version', 'string'],
      5: ['resource', 'string'],
      6: ['subresource', 'string'],
      7: ['name', 'string'],
    },
  ],
  2: ['nonResourceAttributes', { 1: ['path', 'string'], 2: ['verb', 'string'] }],
};

const kinds: Readonly<Record<string, Message>> = {
  Secret: {
    1: ['metadata', objectMeta],
    2: ['data', 'bytes', 'map'],
    3: ['type', 'string'],
    4: ['stringData', 'string', 'map'],
    5: ['immutable', 'bool'],
  },
  ConfigMap: {
    1: ['metadata', objectMeta],
    2: ['data', 'string', 'map'],
    3: ['binaryData', 'bytes', 'map'],
    4: ['immutable', 'bool'],
  },
  Namespace: { 1: ['metadata', objectMeta] },
  ServiceAccount: { 1: ['metadata', objectMeta], 3: ['imagePullSecrets', { 1: ['name', 'string'] }, 'list'] },
  SelfSubjectAccessReview: { 1: ['metadata', objectMeta], 2: ['spec', accessReviewSpec] },
  SelfSubjectRulesReview: { 1: ['metadata', objectMeta], 2: ['spec', { 1: ['namespace', 'string'] }] },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'int'],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun', 'string', 'list'],
  },
};

const envelope: Message = {
  1: ['typeMeta', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }],
  2: ['raw', 'bytes'],
};
const magic = Buffer.from('k8s\0');

/** The JSON form of a protobuf body; undefined for kinds that are not decoded, or when it is none. */
export function decodeProtobuf(body: Buffer): unknown {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined;
  try {
    const { typeMeta, raw } = decodeMessage(body.subarray(magic.length), envelope) as {
      typeMeta?: { apiVersion?: string; kind?: string };
      raw?: string;
    };
    const message = kinds[typeMeta?.kind ?? ''];
    if (message === undefined) return undefined;
    return { ...typeMeta, ...decodeMessage(Buffer.from(raw ?? '', 'base64'), message) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function decodeMessage(bytes: Buffer, message: Message): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = message[Math.floor(tag / 8)];
    const wireType = tag % 8;
    if (wireType === 0) {
      const value = varint();
      if (field !== undefined) set(result, field, field[1] === 'bool' ? value === 1 : value);
      continue;
    }
    if (wireType !== 2) throw new RangeError(`wire type ${wireType} is not used by Kubernetes`);
    const length = varint();
    if (at + length > bytes.length) throw new RangeError('the message is cut off');
    const part = bytes.subarray(at, at + length);
    at += length;
    if (field !== undefined) set(result, field, decodeField(part, field));
  }
  return result;
}

function decodeField(part: Buffer, [, type, repeat]: Field): unknown {
  if (repeat === 'map') return decodeMessage(part, { 1: ['key', 'string'], 2: ['value', type] });
  if (type === 'string') return part.toString('utf8');
  if (type === 'bytes') return part.toString('base64');
  return decodeMessage(part, typeof type === 'string' ? {} : type);
}

function set(result: Record<string, unknown>, [name, , repeat]: Field, value: unknown): void {
  if (repeat === 'list') result[name] = [...((result[name] as unknown[] | undefined) ?? []), value];
  else if (repeat === 'map') {
    const { key = '', value: item = '' } = value as { key?: string; value?: unknown };
    result[name] = { ...(result[name] as object | undefined), [key]: item };
  } else if (value !== '') result[name] = value;
}

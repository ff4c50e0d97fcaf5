import type { ApiObject } from '../objects.ts';
import { ageOf } from './age.ts';
import type { Column } from './column.ts';
import { podColumns } from './pod-columns.ts';

const name: Column = { name: 'Name', format: 'name', cell: (object) => object.metadata.name };
const age: Column = { name: 'Age', cell: (object, now) => ageOf(object.metadata.creationTimestamp, now) };

const byKind: Readonly<Record<string, readonly Column[]>> = {
  Pod: podColumns,
  Namespace: [name, { name: 'Status', cell: (object) => statusField(object, 'phase') }, age],
  Secret: [
    name,
    { name: 'Type', cell: (object) => text(object['type']) },
    { name: 'Data', type: 'integer', cell: (object) => count(object['data']) },
    age,
  ],
  ConfigMap: [
    name,
    { name: 'Data', type: 'integer', cell: (object) => count(object['data']) + count(object['binaryData']) },
    age,
  ],
  ServiceAccount: [
    name,
    { name: 'Secrets', type: 'integer', cell: (object) => count(object['secrets']) },
    age,
  ],
  Node: [
    name,
    { name: 'Status', cell: () => 'Ready' },
    { name: 'Roles', cell: () => '<none>' },
    age,
    { name: 'Version', cell: (object) => nodeInfo(object, 'kubeletVersion') },
    { name: 'OS-Image', priority: 1, cell: (object) => nodeInfo(object, 'osImage') },
    { name: 'Kernel-Version', priority: 1, cell: (object) => nodeInfo(object, 'kernelVersion') },
    { name: 'Container-Runtime', priority: 1, cell: (object) => nodeInfo(object, 'containerRuntimeVersion') },
  ],
  Job: [
    name,
    { name: 'Status', cell: jobStatus },
    { name: 'Completions', cell: (object) => `${succeededOf(object)}/1` },
    age,
  ],
  Lease: [
    name,
    {
      name: 'Holder',
      cell: (object) => text((object['spec'] as { holderIdentity?: string })?.holderIdentity),
    },
    age,
  ],
  Event: [
    {
      name: 'Last Seen',
      cell: (object, now) => ageOf(object['lastTimestamp'] ?? object['eventTime'], now),
    },
    { name: 'Type', cell: (object) => text(object['type']) },
    { name: 'Reason', cell: (object) => text(object['reason']) },
    { name: 'Object', cell: involved },
    { name: 'Message', cell: (object) => text(object['message']).trim() },
    { name: 'Name', priority: 1, format: 'name', cell: (object) => object.metadata.name },
  ],
};

export function columnsOf(kind: string): readonly Column[] {
  return byKind[kind] ?? [name, age];
}

function jobStatus(object: ApiObject): string {
  const { conditions = [] } = (object['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string }[];
  };
  return (
    conditions.map(({ type }) => type).find((type) => type === 'Complete' || type === 'Failed') ?? 'Running'
  );
}

function succeededOf(object: ApiObject): number {
  return ((object['status'] ?? {}) as { readonly succeeded?: number }).succeeded ?? 0;
}

function statusField(object: ApiObject, field: string): string {
  return (object['status'] as Readonly<Record<string, string>> | undefined)?.[field] ?? '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function nodeInfo(object: ApiObject, field: string): string {
  const status = object['status'] as { nodeInfo?: Record<string, string> } | undefined;
  return status?.nodeInfo?.[field] ?? '<unknown>';
}

function involved(object: ApiObject): string {
  const { kind = '', name: of = '' } = (object['involvedObject'] ?? {}) as { kind?: string; name?: string };
  return `${kind.toLowerCase()}/${of}`;
}

function count(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

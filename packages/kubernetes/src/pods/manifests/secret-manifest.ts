import type { Manifest, PodLaunch } from '@kanikit/spec';
import { objectMetadata } from './object-metadata.ts';
import { layOutSecret, needsSecret } from '../layout/secret-layout.ts';

/** Stands for a value in printed manifests; not base64, so nobody applies it by accident. */
const hiddenValue = '<hidden>';

/** The build's own secret; undefined where the launch has nothing secret. Pure. */
export function secretManifest(
  launch: PodLaunch,
  namespace: string,
  clientId: string,
  options: { readonly isRedacted: boolean; readonly ownerUid?: string | undefined },
): Manifest | undefined {
  if (!needsSecret(launch)) return undefined;
  const { files, variables } = layOutSecret(launch);
  const encode = (content: string | Uint8Array): string =>
    options.isRedacted ? hiddenValue : Buffer.from(content).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...objectMetadata({ ...launch, annotations: {} }, namespace, clientId),
      ...(options.ownerUid === undefined ? {} : { ownerReferences: [ownerOf(launch, options.ownerUid)] }),
    },
    type: 'Opaque',
    immutable: (launch.lateSecretEnv ?? []).length === 0,
    data: Object.fromEntries([...files, ...variables].map(({ key, content }) => [key, encode(content)])),
  };
}

function ownerOf({ name, podAs }: PodLaunch, uid: string): Readonly<Record<string, unknown>> {
  const kind = podAs === 'job' ? { apiVersion: 'batch/v1', kind: 'Job' } : { apiVersion: 'v1', kind: 'Pod' };
  return { ...kind, name, uid, controller: false, blockOwnerDeletion: false };
}

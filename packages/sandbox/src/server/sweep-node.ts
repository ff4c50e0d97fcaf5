import { mkdir } from 'node:fs/promises';
import { createKubernetesApi } from '../kubernetes/kubernetes-api.ts';
import { createDefaultRuntime } from './default-runtime.ts';
import { lockFolder } from './folder-lock.ts';
import type { SandboxPaths } from './sandbox-folder.ts';

/** Opens the cluster for a moment, so that the node clears away what is left of its pods. */
export async function sweepNode(paths: SandboxPaths): Promise<void> {
  await using _lock = await lockFolder(paths.folder);
  await mkdir(paths.objects, { recursive: true, mode: 0o700 });
  const runtime = createDefaultRuntime({
    folder: paths.node,
    authority: '',
    simulate: undefined,
    onProgress: undefined,
  });
  const api = createKubernetesApi({ folder: paths.objects, runtime, users: [], isSweep: true });
  await api.close();
}

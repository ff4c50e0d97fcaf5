import { basename } from 'node:path';
import type { ExecutorProgram } from '../executor/executor-program.ts';

/** What a program needs beside the environment of its image, because it came without the rest of the image. */
export function programEnvironment({
  distribution,
  version,
  files,
  way,
}: Pick<ExecutorProgram, 'distribution' | 'version' | 'files' | 'way'>): Readonly<Record<string, string>> {
  const hasTini = files.some((file) => basename(file) === 'tini');
  // From 1.29 on it may start each RUN by `/kaniko/tini`. Earlier ones warn of a flag that they do not know.
  const isLater = version.localeCompare('1.29.0', 'en', { numeric: true }) >= 0;
  const wantsTini = distribution === 'osscontainertools' && isLater && way === 'given';
  return wantsTini && !hasTini ? { FF_KANIKO_RUN_VIA_TINI: 'false' } : {};
}

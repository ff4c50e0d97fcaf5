import { fchmod, fstat, type WriteStream } from 'node:fs';
import { createOutputStream } from './output-stream.ts';

/** Only the owner reads and writes. */
const privateMode = 0o600;

/**
 * A stream into a file that only its owner may read (mode 0600), also if the file was there with another mode. What is no regular file, such as
 * `/dev/stdout`, keeps its mode.
 */
export function createPrivateStream(path: string): WriteStream {
  const stream = createOutputStream(path, { mode: privateMode });
  stream.once('open', (descriptor) => {
    fstat(descriptor, (_error, stats) => {
      // A file of another owner may refuse; then it is as private as that owner wants it.
      if (stats?.isFile() && !stream.destroyed) fchmod(descriptor, privateMode, () => undefined);
    });
  });
  return stream;
}

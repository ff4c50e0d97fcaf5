export interface UnitJob {
  /** The unit in tar form with gaps. */
  readonly buffer: ArrayBuffer;
  readonly sizeBytes: number;
  /** Of the files whose content belongs into the gaps. */
  readonly paths: readonly (string | Uint8Array)[];
  /**
   * For each file: where to read from, how much, and where in the buffer it belongs; then what must be true of the file: size, times, inode and
   * device. Numbers on end are copied faster than objects.
   */
  readonly numbers: Float64Array<ArrayBuffer>;
}

export interface UnitAnswer {
  readonly buffer: ArrayBuffer;
  /** Undefined where a file is not what it should be, or can't be read: who asked reads it once more, and tells why. */
  readonly packed: { readonly digest: string; readonly crc: number; readonly piece: ArrayBuffer } | undefined;
}

/**
 * Source of the thread that reads and deflates units. It is text, and not a file, so that bundles need no second one. So the function uses nothing
 * from around it, and has no function with a name inside: bundlers that keep names call one of their own for each.
 */
export const packWorkerSource = (): string => `(${workUnits.toString()})()`;

function workUnits(): void {
  const { closeSync, constants, fstatSync, openSync, readSync } = process.getBuiltinModule('node:fs');
  const { hash } = process.getBuiltinModule('node:crypto');
  const zlib = process.getBuiltinModule('node:zlib');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  // As in `read-content.ts`: neither through a link, nor waiting for a pipe.
  const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const { Z_BEST_SPEED: level, Z_SYNC_FLUSH: finishFlush } = zlib.constants;
  const numbersPerFile = 8;
  if (parentPort === null) return;

  parentPort.on('message', ({ buffer, sizeBytes, paths, numbers }: UnitJob) => {
    const raw = new Uint8Array(buffer, 0, sizeBytes);
    let packed: UnitAnswer['packed'];
    try {
      let isSame = true;
      for (let index = 0; index < paths.length && isSame; index += 1) {
        const path = paths[index]!;
        const at = index * numbersPerFile;
        const [start, length, offset] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!];
        const descriptor = openSync(typeof path === 'string' ? path : Buffer.from(path), openFlags);
        try {
          let done = 0;
          for (let count = 1; done < length && count > 0; done += count) {
            count = readSync(descriptor, raw, offset + done, length - done, start + done);
          }
          const now = fstatSync(descriptor);
          isSame =
            done === length &&
            now.isFile() &&
            now.size === numbers[at + 3] &&
            now.mtimeMs === numbers[at + 4] &&
            now.ctimeMs === numbers[at + 5] &&
            now.ino === numbers[at + 6] &&
            now.dev === numbers[at + 7];
        } finally {
          closeSync(descriptor);
        }
      }
      if (isSame) {
        const deflated = zlib.deflateRawSync(raw, { level, finishFlush, chunkSize: 256 * 1024 });
        // Short buffers share memory with others.
        const piece = deflated.buffer.slice(deflated.byteOffset, deflated.byteOffset + deflated.length);
        packed = { digest: hash('sha256', raw), crc: zlib.crc32(raw), piece: piece as ArrayBuffer };
      }
    } catch {
      packed = undefined;
    }
    const answer: UnitAnswer = { buffer, packed };
    parentPort.postMessage(answer, packed === undefined ? [buffer] : [buffer, packed.piece]);
  });
  parentPort.postMessage('ready');
}

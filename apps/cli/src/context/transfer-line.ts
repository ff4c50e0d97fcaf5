import { measureSpeed, type PackState, type UploadState } from '@kanikit/core';
import { type PackProgress, steadyNow, type UploadProgress } from '@kanikit/spec';
import { terminalSize } from '../displays/choose-mode.ts';
import { packText, uploadText } from '../displays/amounts.ts';
import { cut } from '../displays/tui/fit.ts';
import type { Io } from '../io.ts';

/** How often a pipe is told. */
const pipeMs = 5_000;
const eraseLine = '\r\u001b[K';

/** Shows on standard error how far packing and uploading are: one line that changes on a terminal, a line now and then in a pipe. */
export interface TransferLine extends Disposable {
  readonly onPack: (progress: PackProgress) => void;
  readonly onUpload: (progress: UploadProgress) => void;
  /** The packing so far. */
  packed(): PackState | undefined;
}

export function createTransferLine(io: Io, isQuiet: boolean, now: () => number = steadyNow): TransferLine {
  const isLive = io.stderr.isTTY && io.env.TERM !== 'dumb';
  let pack: PackState | undefined;
  let upload: UploadState | undefined;
  let toldAtMs = now();

  const show = (): void => {
    if (isQuiet) return;
    const packing = pack === undefined ? [] : [`packing ${packText(pack)}`];
    const sending = upload === undefined ? [] : [`uploading ${uploadText(upload)}`];
    const isPacked = pack?.totalBytes !== undefined && pack.bytes >= pack.totalBytes;
    const [text = ''] = isPacked ? [...sending, ...packing] : [...packing, ...sending];
    if (isLive) {
      io.stderr.write(`${eraseLine}${cut(text, terminalSize(io.stderr).columns - 1)}`);
    } else if (now() - toldAtMs >= pipeMs) {
      toldAtMs = now();
      io.stderr.write(`${text}\n`);
    }
  };
  return {
    onPack: (progress) => {
      const atMs = now();
      const totals = { totalFiles: progress.totalFiles, totalBytes: progress.totalBytes };
      const speed = measureSpeed(pack?.speed, progress.bytes, atMs);
      const startedAtMs = pack?.startedAtMs ?? atMs;
      pack = { ...progress, ...totals, isDone: false, speed, startedAtMs, atMs };
      show();
    },
    onUpload: ({ sentBytes, reusedBytes, totalBytes }) => {
      const atMs = now();
      upload = {
        location: '',
        bytes: sentBytes,
        reusedBytes,
        totalBytes,
        isDone: false,
        isReused: false,
        digest: undefined,
        speed: measureSpeed(upload?.speed, sentBytes, atMs),
        startedAtMs: upload?.startedAtMs ?? atMs,
        atMs,
      };
      show();
    },
    packed: () => pack,
    [Symbol.dispose]: () => {
      if (isLive && !isQuiet && (pack ?? upload) !== undefined) io.stderr.write(eraseLine);
    },
  };
}

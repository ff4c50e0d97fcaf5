export interface TarEntry {
  readonly path: string;
  readonly type: 'File' | 'Directory' | 'SymbolicLink' | 'Link';
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Target of a link. */
  readonly linkpath?: string | undefined;
}

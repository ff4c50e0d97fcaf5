/** What a packer in a process of its own is to do. */
export interface PackJob {
  readonly root: string;
  /** Stands outside of the tree, its ignore file beside it as `<Dockerfile>.dockerignore`. */
  readonly dockerfile: string;
  /** Where the archive goes. */
  readonly output: string;
  /** Folder that our own packer keeps from run to run. */
  readonly indexFolder: string;
}

/** What it tells at its end. */
export interface PackResult {
  /** Bytes of archive that had to be made and would travel. */
  readonly bytesOut: number;
  /** The largest resident memory the process ever had. */
  readonly peakBytes: number;
  /** Paths that are in the archive beside the tree's. */
  readonly ownPaths: readonly string[];
}

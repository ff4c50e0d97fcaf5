export {
  type ArchiveFormat,
  createDecoder,
  formatProbeBytes,
  requireArchiveFormat,
} from './archive-format.ts';
export type { DockerfilePlaces } from './dockerfile-places.ts';
export { normalEntryPath } from './entry-path.ts';
export { type ArchiveTotals, findInArchive } from './find-in-archive.ts';
export type { ArchiveInput } from './read-entries.ts';
export { createStreamArchive } from './stream-archive.ts';

export { type ArchiveToSend, openArchiveContext } from './archive-context.ts';
export { createStreamArchive } from './stream-archive.ts';
export { createTarSource } from './tar-source.ts';

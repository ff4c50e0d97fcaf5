export { type ArchiveToSend, openArchiveContext } from './archive-context.ts';
export { createTarSource } from './tar-source.ts';

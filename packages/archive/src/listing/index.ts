export { listArchive } from './list-archive.ts';
export { listTree } from './list-tree.ts';

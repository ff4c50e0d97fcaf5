export { packTree } from './pack/pack-tree.ts';
export type { MtimePolicy } from './tree/pack-entry.ts';
export type { TreeToPack } from './tree/tree-to-pack.ts';

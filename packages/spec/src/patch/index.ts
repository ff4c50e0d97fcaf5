export { isEqualJson } from './json-value.ts';
export { applyJsonPatch } from './json-patch.ts';
export { applyMergePatch } from './merge-patch.ts';
export { applyStrategicMerge } from './strategic-merge.ts';

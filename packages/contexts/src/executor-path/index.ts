export { createExecutorPathSource } from './executor-path-source.ts';

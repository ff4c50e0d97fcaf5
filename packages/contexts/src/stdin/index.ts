export { createStdinSource } from './stdin-source.ts';

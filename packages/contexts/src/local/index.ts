export { createLocalSource, type LocalSourceOptions } from './local-source.ts';

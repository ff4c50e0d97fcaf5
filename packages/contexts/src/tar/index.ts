export { createTarSource } from './tar-source.ts';

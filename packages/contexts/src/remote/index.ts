export { createRemoteSource } from './remote-source.ts';

export { readAll, withAbort } from './read-all.ts';

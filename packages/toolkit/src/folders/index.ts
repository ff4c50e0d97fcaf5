export { makeFolder } from './make-folder.ts';
export { homeFolder, userFolder } from './user-folders.ts';

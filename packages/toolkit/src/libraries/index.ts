export { brokenLibrary, brokenLibraryHint } from './broken-library.ts';

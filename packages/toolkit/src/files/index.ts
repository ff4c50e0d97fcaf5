export { createOutputStream, type OutputStreamOptions, writeOutput } from './output-stream.ts';
export { createPrivateStream } from './private-stream.ts';
export { readWholeFile, type ReadWholeFileOptions } from './read-whole-file.ts';

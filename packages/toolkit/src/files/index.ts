export { createPrivateStream } from './private-stream.ts';

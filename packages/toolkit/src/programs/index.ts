export { captureProgram, type ProgramCall, type ProgramEnd } from './capture-program.ts';

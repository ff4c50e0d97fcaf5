export { changedError, describeCause, errorCode, quotePath } from './context-errors.ts';

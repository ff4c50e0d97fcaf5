export { handleStopSignals, type StopSignals } from './stop-signals.ts';

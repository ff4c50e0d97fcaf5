export type { Environment } from './environment.ts';
export { type BuildPlan, planRun } from './planner/plan-run.ts';
export type { EventSink } from './runner/emitter.ts';
export type { BuildResult, RunProblem, RunResult } from './runner/result.ts';
export { type Run, type RunOptions, startRun } from './runner/start-run.ts';
export { createEventStream, type EventStream } from './runner/event-stream.ts';

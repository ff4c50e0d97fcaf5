export { type AttachEnvironment, attachRun } from './cluster-builds/attach-run.ts';
export { selectBuilds } from './cluster-builds/select-builds.ts';
export type { ClientEnvironment, Environment } from './model/environment.ts';
export { diagnose, type DoctorReport, type DoctorSettings } from './doctor/diagnose.ts';
export type { DoctorTools } from './doctor/doctor-tools.ts';
export { type BuildPlan, planRun } from './run/plan-run.ts';
export type { EventSink } from './model/emitter.ts';
export { type Admission, createAdmission } from './queue/admission.ts';
export type { BuildLimits } from './queue/build-queue.ts';
export type {
  BuildAttempt,
  BuildResult,
  DetachedPod,
  KeptPod,
  RunProblem,
  RunResult,
} from './model/result.ts';
export { type Run, type RunOptions, startRun } from './run/start-run.ts';
export { isTimeout, stopWords } from './run/stop-reason.ts';
export { createEventStream, type EventStream } from './run/event-stream.ts';
export type {
  ActivityState,
  BuildState,
  CleanupState,
  LayerState,
  NoticeState,
  PackState,
  PodState,
  Position,
  PushState,
  RetryState,
  StepState,
  UploadState,
  WaitState,
} from './reducer/build-state.ts';
export { type LogEntry, type LogRing, logSlice, type LogSource, logTail } from './reducer/log-ring.ts';
export { reduceRun } from './reducer/reduce-run.ts';
export { bytesPerSecond, measureSpeed, type Speed, timeLeftMs } from './reducer/speed.ts';
export { type BuildCounts, countBuilds, initialRunState, type RunState } from './reducer/run-state.ts';

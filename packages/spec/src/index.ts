export type { KanikitErrorCode, PluginErrorCode } from './error-codes.ts';
export type { FailureCode } from './failure-codes.ts';
export { isKanikitError, KanikitError, type KanikitErrorOptions } from './errors.ts';
export type { CallWait, RunContext } from './run-context.ts';
export { createServerClock, type ServerClock } from './server-clock.ts';
export { steadyNow } from './steady-now.ts';
export { type DelayBounds, growingDelay } from './growing-delay.ts';
export {
  dockerHubRegistry,
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from './image-reference.ts';
export type {
  BuildRequest,
  BuildSettings,
  CacheSettings,
  ExecutorChoice,
  ExecutorDistribution,
  GitSettings,
  PodSettings,
} from './request.ts';
export type { ConfigMapKey, EnvSource, EnvValue, PodPreset, PodShape, ResourceAmounts } from './pod-shape.ts';
export type { KubernetesObject } from './kubernetes-object.ts';
export type { JsonPatchOperation, PodPatch } from './pod-patch.ts';
export type { BuildSecret, ProxySettings } from './build-secret.ts';
export type {
  ArchiveContext,
  ArchivePart,
  ArchiveSummary,
  ContextEntry,
  ContextRequest,
  ContextSource,
  ContextWarning,
  ListOptions,
  PackedArchive,
  PackOptions,
  PackProgress,
  PreparedContext,
  RemoteContext,
} from './context.ts';
export type {
  ContextStore,
  DeliveryAbilities,
  LeftContext,
  PruneOptions,
  StoredContext,
  UploadOptions,
  UploadProgress,
} from './context-store.ts';
export type { ExecutorContextSupport } from './context-support.ts';
export type { BucketDelivery, ContextDelivery, SecretKey } from './delivery.ts';
export type { CredentialSource, FoundCredential, RegistryCredential } from './credentials.ts';
export type { Cluster, ClusterDescription, ClusterNeeds, Manifest } from './cluster.ts';
export type { ClusterPod, LogLine, PodObservation, PodResult } from './cluster-pod.ts';
export type { ExistingSecretFile, PodLaunch, SecretFile } from './pod-launch.ts';
export type { Problem } from './problem.ts';
export type {
  BuildAbout,
  BuildDetails,
  BuildOwnership,
  BuildQuery,
  ClusterBuilds,
  FoundBuild,
  FoundCondition,
  FoundEvent,
  FoundPhase,
  FoundRemnants,
  Remnant,
  RemnantQuery,
} from './cluster-builds.ts';
export type { BuildFailure, BuildOutcome, StepPosition } from './failure.ts';
export type { DockerfileOutline, OutlineStage, OutlineStep } from './outline.ts';
export type {
  ExecutorDetectEvent,
  ExecutorEvent,
  ExecutorPhase,
  LayerEndEvent,
  LayerProgressEvent,
  LayerStartEvent,
  LogEvent,
  OutputEvent,
  PhaseEndEvent,
  PhaseStartEvent,
  PushEndEvent,
  PushStartEvent,
  RetryEvent,
  StageEndEvent,
  StageStartEvent,
  StepCacheEvent,
  StepEndEvent,
  StepStartEvent,
} from './events/executor-events.ts';
export type {
  BuildEndEvent,
  BuildEvent,
  BuildPhase,
  BuildPhaseEvent,
  BuildRetryEvent,
  BuildWaitEvent,
  CleanupEvent,
  ContextPackEvent,
  ContextUploadEvent,
  NoticeEvent,
  OutlineEvent,
  PodCreateEvent,
  PodEndEvent,
  PodPullEvent,
  PodScheduleEvent,
  PodStartEvent,
} from './events/build-events.ts';
export type {
  AnnouncedBuild,
  EventEnvelope,
  KanikitEvent,
  RunCancelEvent,
  RunEndEvent,
  RunEvent,
  RunStartEvent,
} from './events/run-events.ts';
export type { ClusterExamination, Finding } from './finding.ts';
export { type FindingBody, look } from './look.ts';
export { doubledQuantity, parseQuantity } from './quantity.ts';
export { untilAborted } from './until-aborted.ts';

import type { DockerfileOutline, ExecutorEvent, ExecutorPhase } from '@kanikit/spec';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import type { CaptureStyle } from './capture-prefix.ts';
import type { FinalError } from './final-error.ts';
import type { LogFormat } from './header.ts';
import type { NestedBuild } from './nested-build.ts';
import type { StagePlan } from './stage-plan.ts';
import type { StepRecord } from './step-record.ts';

export interface StageRecord {
  readonly index: number;
  readonly base: string;
  /** Index of the stage it is built on. */
  readonly baseIndex: number | undefined;
  name: string | undefined;
  isOpen: boolean;
  /** Answers of the layer cache by instruction, in the order of the log. */
  readonly answers: Map<string, ('hit' | 'miss')[]>;
  /** The first instruction that needs the file system, as `Unpacking rootfs …` names it. */
  unpackedFor: string | undefined;
  /** That instruction has had its turn. */
  isAnnouncedDone: boolean;
  /** One snapshot at the end of the stage: a program ends without a snapshot line. */
  isSingleSnapshot: boolean;
  stepCount: number;
  /** What is to come of the Dockerfile, for steps and for answers of the cache; undefined without it. */
  readonly plan: StagePlan | undefined;
  readonly answersPlan: StagePlan | undefined;
  /** The instruction of the last answer, when it was a hit: it may be told twice. */
  lastHit: string | undefined;
  /** A cache check that no line has answered yet. */
  isCheckOpen: boolean;
}

export interface PushRecord {
  readonly reference: string;
  digest: string | undefined;
  /** The registry kept what the immutable tag named before. */
  isKept: boolean;
}

export interface LineCounts {
  total: number;
  executor: number;
  output: number;
  unknown: number;
}

/** Where to go back to when a line that seemed to end a program turns out to be the program's own. */
export interface Mark {
  readonly counts: Readonly<LineCounts>;
  readonly step: StepRecord;
  readonly outputLines: number;
  readonly stepCount: number;
  readonly stage: StageRecord;
  readonly stageStepCount: number;
  readonly planned: Pick<StagePlan, 'at' | 'strangers'> | undefined;
  readonly stages: number;
  readonly pushes: number;
  /** Of the line before. */
  readonly clock: number;
}

/** Whose executor a log can prove to be. */
export type LogDistribution = 'google' | 'osscontainertools' | 'chainguard';

/** Everything known of a log so far. One mutable object, changed line by line. */
export interface Decoding {
  readonly outline: DockerfileOutline | undefined;
  /** The executor that was chosen, where that is known. */
  readonly executor: ExecutorRelease | undefined;
  readonly events: ExecutorEvent[];
  readonly counts: LineCounts;
  /** How the log was recorded; null once it is sure that nothing stands in front of the lines. */
  capture: CaptureStyle | null | undefined;
  /** How the recording spells the escape byte, where it does not have the byte itself. */
  escapeSpelling: string | undefined;
  /** The log was copied from the source of a web page. */
  isHtml: boolean;
  /** How the executor writes its headers: all alike. */
  variant: string | undefined;
  format: LogFormat | undefined;
  isPadded: boolean;
  clock: number;
  /** Before the last line. */
  clockBefore: number;
  distribution: LogDistribution | undefined;
  /** What the last `executor-detect` said. */
  detected: string | undefined;
  isForkSure: boolean;
  version: string | undefined;
  readonly baseNames: { readonly base: string; readonly name: string; readonly isFork: boolean }[];
  stageIndexes: ReadonlyMap<string, number> | undefined;
  stageFiles: ReadonlyMap<number, readonly string[]>;
  readonly resolvedImages: Set<string>;
  lastImage: string | undefined;
  previousBase: number | undefined;
  /** How many triggers the last image brings, from releases that say it. */
  triggers: number | undefined;
  /** Stages that are not built, since the cache has all that others take from them. */
  readonly eliminated: number[];
  hasStageLines: boolean;
  /** The log level lets the executor tell what it does. */
  isTalking: boolean;
  /** The log has lines of the level debug. */
  isDebugging: boolean;
  /** The executor exports spans, and prints when it can't. */
  hasTelemetry: boolean;
  readonly stages: StageRecord[];
  stage: StageRecord | undefined;
  readonly steps: StepRecord[];
  step: StepRecord | undefined;
  /** The step whose program runs now. */
  running: StepRecord | undefined;
  /** The last step whose program was started. */
  lastRun: StepRecord | undefined;
  runBefore: StepRecord | undefined;
  isFirstSnapshot: boolean;
  phase:
    | {
        readonly phase: ExecutorPhase;
        readonly detail: string | undefined;
        readonly stage: number | undefined;
        readonly step: number | undefined;
      }
    | undefined;
  readonly earlyAnswers: { readonly instruction: string; readonly result: 'hit' | 'miss' }[];
  cacheRepository: string | undefined;
  hasCredentialLines: boolean;
  /** The executor says that `DOCKER_AUTH_CONFIG` goes before its file of credentials. */
  hasAuthVariable: boolean;
  /** Uploads to the layer cache under way: key → repository. */
  readonly cachePushes: Map<string, string>;
  readonly pushes: PushRecord[];
  /** What proves success, as long as nothing comes after it. */
  success: 'pushed' | 'skipped' | 'planned' | undefined;
  final: FinalError | undefined;
  mark: Mark | undefined;
  nested: NestedBuild | undefined;
  /** Set for a second reading, after an executor inside the build seemed to swallow the end of the log. */
  readonly ignoresNested: boolean;
  /** The rest of a message of several lines is still to come. */
  continuation: { readonly isDone: (line: string) => boolean; linesLeft: number } | undefined;
  /** What a running program printed without a newline before the executor's line came in between. */
  partial: string;
  /** The last lines that belong to no step. */
  readonly looseTail: string[];
  /** The last line was a linked library's; its rest starts with a tab. */
  isAfterLibrary: boolean;
  isPlan: boolean;
  /** The step whose program logs in the executor's own format. */
  talker: StepRecord | undefined;
  /** Where a program's panic began, which may turn out to be the executor's. */
  panic: { readonly text: string; readonly counts: LineCounts; readonly outputLines: number } | undefined;
  /** Lines in some logger's format before the executor's own format was known, by variant. */
  readonly undecided: Map<string, number>;
}

type Known = Partial<Pick<Decoding, 'outline' | 'cacheRepository' | 'executor'>>;

export function startDecoding(
  { outline, cacheRepository, executor }: Known,
  ignoresNested: boolean,
): Decoding {
  return {
    outline,
    executor,
    events: [],
    counts: { total: 0, executor: 0, output: 0, unknown: 0 },
    capture: undefined,
    escapeSpelling: undefined,
    isHtml: false,
    variant: undefined,
    format: undefined,
    isPadded: false,
    clock: Number.NEGATIVE_INFINITY,
    clockBefore: Number.NEGATIVE_INFINITY,
    distribution: undefined,
    detected: undefined,
    isForkSure: false,
    version: undefined,
    baseNames: [],
    stageIndexes: undefined,
    stageFiles: new Map(),
    resolvedImages: new Set(),
    lastImage: undefined,
    previousBase: undefined,
    triggers: undefined,
    eliminated: [],
    hasStageLines: false,
    isTalking: false,
    isDebugging: false,
    hasTelemetry: false,
    stages: [],
    stage: undefined,
    steps: [],
    step: undefined,
    running: undefined,
    lastRun: undefined,
    runBefore: undefined,
    isFirstSnapshot: false,
    phase: undefined,
    earlyAnswers: [],
    cacheRepository,
    hasCredentialLines: false,
    hasAuthVariable: false,
    cachePushes: new Map(),
    pushes: [],
    success: undefined,
    final: undefined,
    mark: undefined,
    nested: undefined,
    ignoresNested,
    continuation: undefined,
    partial: '',
    looseTail: [],
    isAfterLibrary: false,
    isPlan: false,
    talker: undefined,
    panic: undefined,
    undecided: new Map(),
  };
}

import type { Decoding } from './decoding.ts';
import type { Header } from './header.ts';
import { returnToProgram } from './mark.ts';
import type { Message } from './message.ts';
import { followNested, startsBuild, takeNestedSnapshot } from './nested-build.ts';
import { placeIn } from './story.ts';

/** Parallel uploads may log a line that was begun a second before the last one. */
const clockToleranceSeconds = 1;
/** Output never arrives this late: a line that is older than the last one by more proves that the last one’s time was made up. */
const impossibleDelaySeconds = 3600;

/** True where the header alone shows that a running program printed it, whatever it says. */
export function isForeign(d: Decoding, header: Header): boolean {
  if (!d.running || d.variant === undefined) return false;
  if (header.variant !== d.variant) return true;
  const isLive = header.variant.endsWith(' seconds');
  return !isLive && header.clock !== undefined && header.clock < d.clock - clockToleranceSeconds;
}

/**
 * Whose a line in a logger's format is. `executor`: ours; `program`: printed by a program of the build; `undecided`: the executor's own format
 * is not known yet, and this line does not tell.
 */
export function admit(d: Decoding, header: Header, message: Message): 'executor' | 'program' | 'undecided' {
  if (d.variant === undefined) return message.kind === 'unknown' ? 'undecided' : 'executor';
  if (header.variant !== d.variant) {
    const isBeforePrograms = d.lastRun === undefined && message.kind !== 'unknown';
    return isBeforePrograms ? 'executor' : 'program';
  }
  if (isNextBuild(d, header, message)) forgetBuild(d);
  if (
    d.mark &&
    !d.running &&
    (header.clock ?? d.clock) < d.clock - impossibleDelaySeconds &&
    (header.clock ?? 0) >= d.mark.clock
  )
    returnToProgram(d, 1);
  const isBack = header.clock !== undefined && header.clock < d.clock - clockToleranceSeconds;
  if (isBack && d.lastRun !== undefined) {
    // Seconds since its own start may catch up with ours; a time of day shows that the log is an old one.
    const isLive = header.variant.endsWith(' seconds');
    if (d.running && isLive && !d.ignoresNested) d.nested = followNested(d.nested, message);
    return 'program';
  }
  if (d.running) return admitWhileRunning(d, header, message);
  if (contradictsEnd(d, message)) {
    returnToProgram(d, 1);
    return admitWhileRunning(d, header, message);
  }
  // The last lines of a program may arrive after its end.
  if (message.kind === 'unknown' && d.talker !== undefined && d.talker === d.step) return 'program';
  if (message.kind === 'step' && !isExpectedStep(d, message.instruction)) return 'program';
  return 'executor';
}

/** A job may run the executor several times; the next one starts its clock anew. */
function isNextBuild(d: Decoding, header: Header, message: Message): boolean {
  if ((d.success !== 'pushed' && d.success !== 'skipped') || d.running || !startsBuild(message)) return false;
  // Every push of several asks for credentials; only a clock that starts anew shows that this is another build.
  return message.kind !== 'credentials' || (header.clock ?? d.clock) < d.clock - clockToleranceSeconds;
}

function forgetBuild(d: Decoding): void {
  d.success = undefined;
  d.clock = Number.NEGATIVE_INFINITY;
  d.lastRun = undefined;
  d.mark = undefined;
  d.baseNames.length = 0;
  d.cachePushes.clear();
}

/** While a program runs the executor says nothing but what parallel cache uploads do, and that the program has ended. */
function admitWhileRunning(d: Decoding, header: Header, message: Message): 'executor' | 'program' {
  const isOurs = isPossibleWhileRunning(d, header, message);
  if (!isOurs) {
    if (message.kind === 'unknown') d.talker = d.running;
    if (!d.ignoresNested) d.nested = followNested(d.nested, message);
  }
  return isOurs ? 'executor' : 'program';
}

function isPossibleWhileRunning(d: Decoding, header: Header, message: Message): boolean {
  const isUploading = d.cachePushes.size > 0;
  if (d.isPadded && !header.isPadded && message.kind !== 'retry' && message.kind !== 'cache-push-failed') {
    if (header.message.length < 200 && !header.message.includes('[')) return false;
  }
  switch (message.kind) {
    case 'running':
    case 'user-lookup':
      return d.running?.progress === 'arguments';
    case 'snapshot':
      return !takeNestedSnapshot(d.nested);
    case 'snapshot-end':
      return d.nested === undefined || d.nested.isFinished;
    case 'step':
      return (
        (d.nested === undefined || d.nested.isFinished) &&
        (d.stage?.isSingleSnapshot === true || !d.hasStageLines) &&
        isExpectedStep(d, message.instruction)
      );
    case 'cache-push':
      return d.cacheRepository !== undefined && d.cacheRepository === message.repository;
    case 'push':
      return d.cachePushes.has(tagOf(message.reference));
    case 'pushed':
      return [...d.cachePushes.values()].some((repository) =>
        isSameRepository(repository, message.repository),
      );
    case 'credentials':
      return d.hasCredentialLines && d.cacheRepository !== undefined;
    case 'context-files':
      return d.stage?.isSingleSnapshot === true;
    case 'exit':
      return d.isDebugging;
    case 'cache-check':
      return d.stage?.isSingleSnapshot === true && d.cacheRepository === message.repository;
    case 'step-over':
      return d.isDebugging && (message.of === undefined || message.of === d.running?.instruction);
    case 'cache-push-failed':
    case 'retry':
    case 'skip-push':
      return isUploading;
    default:
      return false;
  }
}

/** True when the line can't come after the end of the last program, so that this end was the program's own text. */
function contradictsEnd(d: Decoding, message: Message): boolean {
  const mark = d.mark;
  if (!mark) return false;
  const isSameStep = d.step === mark.step && d.step.progress === 'ended';
  switch (message.kind) {
    case 'snapshot':
      return !d.isFirstSnapshot && (isSameStep || d.pushes.some(({ digest }) => digest === undefined));
    case 'running':
    case 'command':
      return isSameStep || d.step === undefined || (d.step.keyword !== 'RUN' && d.stage?.isOpen === true);
    case 'arguments':
      return isSameStep;
    default:
      return false;
  }
}

/** With the Dockerfile at hand an instruction must be in it, or be a trigger. */
function isExpectedStep(d: Decoding, instruction: string): boolean {
  return d.stage?.plan === undefined || placeIn(d, d.stage, instruction) !== undefined;
}

/** The tag of a reference; cache layers have their key as tag. */
export function tagOf(reference: string): string {
  return reference.slice(reference.lastIndexOf(':') + 1);
}

/** A reference without its tag. */
export function repositoryOf(reference: string): string {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/') ? reference.slice(0, colon) : reference;
}

/** Compares a repository as it was given with how the executor prints it after the push. */
export function isSameRepository(given: string, printed: string): boolean {
  return expand(given) === expand(printed);
}

function expand(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  const isHost =
    rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const host = isHost
    ? first.replace(/^(?:docker|registry-1\.docker|index\.docker)\.io$/, 'index.docker.io')
    : 'index.docker.io';
  const path = isHost ? rest.join('/') : repository;
  return `${host}/${host === 'index.docker.io' && !path.includes('/') ? 'library/' : ''}${path}`;
}

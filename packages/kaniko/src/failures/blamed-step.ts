import type { OutlineStep, StepPosition } from '@kanikit/spec';
import { mountsOf } from '../dockerfile/mounts.ts';
import type { Decoding, StageRecord } from '../log/decoding.ts';
import type { StepRecord } from '../log/step-record.ts';
import type { FinalError } from '../log/final-error.ts';
import { placeIn } from '../log/story.ts';

/** The step to blame for a failure; undefined where the failure is nobody's: flags, context, base image, push, the machine. */
export function blamedStep(d: Decoding, final: FinalError): StepPosition | undefined {
  if (final.kind === 'logged') return /snapshotting FS/i.test(final.text) ? current(d) : undefined;
  if (final.kind !== 'build') return undefined;
  const [first = ''] = final.text.split('\n', 1);
  if (first.includes('waiting for process to exit: ')) return position(d.running ?? final.step ?? d.step);
  if (
    /failed to get files used from context: |failed to get fileinfo|building stage: lstat \/(?:workspace|kaniko)\//.test(
      first,
    )
  )
    return missingSource(d, first);
  if (!first.includes('error building stage: ')) return undefined;
  if (
    /failed to get filesystem from image: |failed to optimize instructions: |failed to initialize/.test(first)
  )
    return undefined;
  // Old releases name no reason; while the base image is unpacked no step has begun.
  if (d.phase?.phase === 'unpack' || d.phase?.phase === 'resolve') return undefined;
  return current(d);
}

function current(d: Decoding): StepPosition | undefined {
  return d.step?.isClosed === false ? position(d.step) : undefined;
}

function position(step: StepRecord | undefined): StepPosition | undefined {
  return step && { stage: step.stage, index: step.index, instruction: step.instruction };
}

/** Files are looked up before the instruction is printed, so the step is one that the log does not have yet. */
function missingSource(d: Decoding, text: string): StepPosition | undefined {
  const stage = d.stage;
  if (!stage?.isOpen) return undefined;
  const mount = /unsupported mount type "([^"]*)"/.exec(text)?.[1];
  if (mount !== undefined) return mounting(stage, mount);
  const path = /(?:fileinfo for|lstat|stat) (\S+?):? /.exec(text)?.[1] ?? '';
  const isLookup = text.includes('failed to optimize instructions: ');
  const first = isLookup ? undefined : announced(d, stage, path);
  if (first || !stage.plan) return first;
  const left = stage.plan.steps.slice(stage.plan.at);
  const found = isLookup ? only(left.filter((step) => names(step, path))) : left.find(isCopy);
  return found && { stage: found.stage, index: found.index, instruction: found.instruction };
}

/** Mounts are looked at before the instruction is printed, too. */
function mounting(
  { plan, isAnnouncedDone, unpackedFor, index, stepCount }: StageRecord,
  type: string,
): StepPosition | undefined {
  const mounts = ({ instruction }: Pick<OutlineStep, 'instruction'>): boolean =>
    mountsOf(instruction).some((mount) => mount.type === type);
  const found = plan?.steps.slice(plan.at).find(mounts);
  if (found) return { stage: found.stage, index: found.index, instruction: found.instruction };
  if (plan || isAnnouncedDone || unpackedFor === undefined) return undefined;
  const announced = { stage: index, index: stepCount, instruction: unpackedFor };
  return mounts(announced) ? announced : undefined;
}

/** The line about unpacking names the first COPY or ADD before its turn, also when that is a trigger of the image, which no Dockerfile has. */
function announced(d: Decoding, stage: StageRecord, path: string): StepPosition | undefined {
  const instruction = stage.unpackedFor;
  if (instruction === undefined || stage.isAnnouncedDone) return undefined;
  const step = { keyword: instruction.split(' ', 1)[0]!.toUpperCase(), instruction };
  if (!isCopy(step) || (path !== '' && !names(step, path))) return undefined;
  const place = placeIn(d, stage, instruction) ?? { stage: stage.index, index: stage.stepCount };
  return { stage: place.stage, index: place.index, instruction };
}

function isCopy({ keyword }: Pick<OutlineStep, 'keyword'>): boolean {
  return keyword === 'COPY' || keyword === 'ADD';
}

function names(step: Pick<OutlineStep, 'keyword' | 'instruction'>, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isCopy(step) && name !== '' && step.instruction.includes(name);
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

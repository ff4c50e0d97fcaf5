import type { BuildAbout, OutlineStage, OutlineStep, PodLaunch } from '@kanikit/spec';
import { annotationKeys } from '../layout/labels.ts';

/** All annotations of an object together may have 256 KiB; a map larger than this is left out, and the log is followed without one. */
const largestOutlineBytes = 32 * 1024;

/** Signs of life that a pod announces; `none` where its client may not write leases. */
export interface Announcement {
  readonly owner: string;
  readonly heartbeatSeconds: number | undefined;
}

/** What a pod tells about its build and about who waits for it. */
export function aboutAnnotations(
  launch: PodLaunch,
  { owner, heartbeatSeconds }: Announcement,
): Readonly<Record<string, string>> {
  const { about } = launch;
  const entries: readonly (readonly [string, string | undefined])[] = [
    [annotationKeys.name, about?.name],
    [annotationKeys.destinations, about && JSON.stringify(about.destinations)],
    [annotationKeys.context, about?.context],
    [annotationKeys.contextLocation, about?.contextLocation],
    [annotationKeys.cacheRepository, about?.cacheRepository],
    [annotationKeys.platform, about?.platform],
    [annotationKeys.executor, about?.executor],
    [annotationKeys.outline, about?.outline && writeOutline(about.outline)],
    [annotationKeys.owner, owner],
    [annotationKeys.heartbeat, heartbeatSeconds === undefined ? 'none' : String(heartbeatSeconds)],
    [annotationKeys.detached, launch.isDetached === true ? 'true' : undefined],
    [annotationKeys.keepFailed, seconds(launch.keepFailedSeconds)],
    [annotationKeys.keepEnded, seconds(launch.keepEndedSeconds)],
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** What a pod tells about its build; undefined where it tells nothing. Anyone may write annotations: what is malformed counts as absent. */
export function readAbout(annotations: Readonly<Record<string, string>>): BuildAbout | undefined {
  const name = annotations[annotationKeys.name];
  if (name === undefined) return undefined;
  const destinations = parse(annotations[annotationKeys.destinations]);
  return {
    name,
    destinations: isTexts(destinations) ? destinations : [],
    context: annotations[annotationKeys.context] ?? '',
    platform: annotations[annotationKeys.platform],
    cacheRepository: annotations[annotationKeys.cacheRepository],
    executor: annotations[annotationKeys.executor] ?? '',
    outline: readOutline(annotations[annotationKeys.outline]),
    contextLocation: annotations[annotationKeys.contextLocation],
  };
}

/** A stage as it is written: name, base, index of the base stage, needed, steps as line and instruction. */
type WrittenStage = readonly [string | null, string, number | null, boolean, readonly (number | string)[]];

function writeOutline(stages: readonly OutlineStage[]): string | undefined {
  const written = stages.map(({ name, base, baseStage, isNeeded, steps }): WrittenStage => [
    name ?? null,
    base,
    baseStage ?? null,
    isNeeded,
    steps.flatMap(({ line, instruction }) => [line, instruction]),
  ]);
  const text = JSON.stringify(written);
  return Buffer.byteLength(text) > largestOutlineBytes ? undefined : text;
}

function readOutline(text: string | undefined): readonly OutlineStage[] | undefined {
  const stages = parse(text);
  if (!Array.isArray(stages)) return undefined;
  const read = stages.map(readStage);
  return read.every((stage) => stage !== undefined) ? read : undefined;
}

function readStage(value: unknown, index: number): OutlineStage | undefined {
  if (!Array.isArray(value)) return undefined;
  const [name, base, baseStage, isNeeded, flat] = value as unknown[];
  if (typeof base !== 'string' || typeof isNeeded !== 'boolean' || !Array.isArray(flat)) return undefined;
  const steps: OutlineStep[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const [line, instruction] = flat.slice(at, at + 2) as unknown[];
    if (typeof line !== 'number' || typeof instruction !== 'string') return undefined;
    const keyword = (instruction.split(/\s/, 1)[0] ?? '').toUpperCase();
    steps.push({ index: at / 2, keyword, instruction, line });
  }
  return {
    index,
    name: typeof name === 'string' ? name : undefined,
    base,
    baseStage: typeof baseStage === 'number' ? baseStage : undefined,
    isNeeded,
    steps,
  };
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** More than anything waits; a date that far from today is still one. */
const mostSeconds = 2 ** 31;

/** A number of seconds that anyone may have written; undefined for what is none. */
export function readSeconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 ? Math.min(value, mostSeconds) : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** JSON that anyone may have written; undefined for what is none. */
export function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

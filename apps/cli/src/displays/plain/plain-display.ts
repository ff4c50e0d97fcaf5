import type { BuildState, RunState } from '@kanikit/core';
import type { BuildEvent, KanikitEvent } from '@kanikit/spec';
import type { Colors } from '../../text/colors.ts';
import { printable } from '@kanikit/toolkit/text';
import { formatClock } from '../../text/units.ts';
import { activityText, isDelivering } from '../activity.ts';
import type { Display } from '../display.ts';
import type { LineWriter } from '../line-writer.ts';
import { summaryLines } from '../summary.ts';
import { buildEventLines, runEventLines } from './event-lines.ts';
import { createTurns } from './turns.ts';

/** A build that has said nothing for this long says what it is doing. */
const heartbeatMs = 30_000;
/** A context on its way says how far it is. */
const progressMs = 5_000;

export interface PlainOptions {
  readonly writer: LineWriter;
  readonly colors: Colors;
  /** Milliseconds since the epoch, in the time of the events. */
  readonly clock: () => number;
}

/** Complete lines, each with its build's name and place: `[api 3/12] npm warn …`. Nothing is cut. */
export function createPlainDisplay({ writer, colors, clock }: PlainOptions): Display {
  const turns = createTurns();
  const lastWords = new Map<string, number>();
  const lastPhases = new Map<string, string | undefined>();
  let before: RunState | undefined;
  let isInterrupted = false;
  const write = (lines: readonly string[]) =>
    lines.length === 0 ? undefined : writer.write(`${lines.join('\n')}\n`);
  const show: Display['show'] = (event, state) => {
    const previous = before;
    before = state;
    // Whoever pressed Ctrl-C has been answered already.
    if (event.type === 'run-cancel' && isInterrupted) return undefined;
    if (event.build === undefined) return write(runEventLines(event, state, colors));
    const position = state.positions.get(event.build);
    const build = position === undefined ? undefined : state.builds[position];
    if (position === undefined || build === undefined) return undefined;
    const lines = buildEventLines(
      event as KanikitEvent & BuildEvent,
      build,
      previous?.builds[position],
      colors,
    );
    if (lines.length > 0) {
      // An executor resolves its base image twice, and says so.
      const phase = event.type === 'phase-start' ? lines.join('\n') : undefined;
      if (phase !== undefined && phase === lastPhases.get(build.id)) return undefined;
      lastPhases.set(build.id, phase);
      lastWords.set(build.id, clock());
    }
    const spoken = turns.say(build.id, prefixed(build, lines, colors, isOfStage(event)), clock());
    const rest = event.type === 'build-end' ? turns.end(build.id, clock()) : [];
    return write([...spoken, ...rest]);
  };
  return {
    show,
    tick: (state) => {
      const beats = state.builds.flatMap((build) => {
        if (!isDue(build, lastWords.get(build.id), clock())) return [];
        lastWords.set(build.id, clock());
        const text = isDelivering(build) ? activityText(build) : heartbeat(build, clock());
        return turns.say(build.id, prefixed(build, [colors.faint(text)], colors, false), clock());
      });
      void write([...beats, ...turns.tick(clock())]);
    },
    interrupted: (level) => {
      isInterrupted = true;
      const text =
        level === 1
          ? 'interrupted: cancelling the builds and cleaning up (again: stop waiting)'
          : 'interrupted again: not waiting any longer';
      void write([colors.warn(text)]);
    },
    close: async (state) => {
      if (state.run !== undefined) await write([...turns.flush(), '', ...summaryLines(state, colors)]);
      await writer.flush();
    },
  };
}

function isDue(build: BuildState, lastMs: number | undefined, nowMs: number): boolean {
  const isActive = build.outcome === undefined && build.phase !== 'queued';
  const limitMs = isDelivering(build) ? progressMs : heartbeatMs;
  return isActive && nowMs - (lastMs ?? build.phaseSinceMs) >= limitMs;
}

function heartbeat(build: BuildState, nowMs: number): string {
  const since = build.waiting?.sinceMs ?? build.activity?.sinceMs ?? build.phaseSinceMs;
  return `still ${activityText(build) || 'running'} (${formatClock(nowMs - since)})`;
}

function prefixed(
  build: BuildState,
  lines: readonly string[],
  colors: Colors,
  isInStage: boolean,
): readonly string[] {
  if (lines.length === 0) return [];
  const prefix = colors.busy(`[${printable(build.name)}${placeOf(build, isInStage)}]`);
  return lines.map((line) => `${prefix} ${line}`);
}

/** The log may arrive after the pod's end: then only its own words tell that a stage is under way. */
function isOfStage(event: KanikitEvent): boolean {
  return 'stage' in event && event.stage !== undefined;
}

/** ` 3/12` of all steps; ` #3` without a map; nothing outside of the Dockerfile's steps: before them, while pushing, and after. */
function placeOf({ position, phase, pod, pushes }: BuildState, isInStage: boolean): string {
  const { overallNumber, overallTotal } = position;
  const isEnded = pod?.status === 'ended' || phase === 'settling' || phase === 'ended';
  if (overallNumber === undefined || (!isInStage && (isEnded || pushes.length > 0))) return '';
  return overallTotal === undefined ? ` #${overallNumber}` : ` ${overallNumber}/${overallTotal}`;
}

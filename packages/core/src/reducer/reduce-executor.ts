import type { ExecutorEvent, LayerStartEvent, PushEndEvent } from '@kanikit/spec';
import { endActivity, startActivity } from './activities.ts';
import { type BuildState, fewLimit, type LayerState } from './build-state.ts';
import { appendLog, type LogSource } from './log-ring.ts';
import { atStage, atStep } from './position.ts';
import { cacheAnswered, endStep, printedByStep, startStep } from './steps.ts';

/** Layers kept per build: more than an image may have (127), with room for cache layers. */
const layerLimit = 512;

/** Folds what the executor does into its build. */
export function reduceExecutor(build: BuildState, event: ExecutorEvent, timeMs: number): BuildState {
  switch (event.type) {
    case 'executor-detect': {
      const { distribution, version, logFormat } = event;
      return { ...build, executor: { distribution, version, logFormat } };
    }
    case 'stage-start':
      return { ...build, position: atStage(build.position, build.outline, event.stage, event) };
    case 'stage-end':
      return build;
    case 'step-start': {
      const position = atStep(build.position, build.outline, event);
      return { ...build, position, ...startStep(build, event, timeMs) };
    }
    case 'step-cache':
      return { ...build, ...cacheAnswered(build, event) };
    case 'step-end':
      return { ...build, steps: endStep(build.steps, event, timeMs) };
    case 'phase-start':
      return startActivity(build, event.phase, event.detail, timeMs);
    case 'phase-end':
      return endActivity(build, event.phase, timeMs);
    case 'output': {
      const steps = printedByStep(build.steps, event);
      return {
        ...withLine(build, event.text, 'output', event, timeMs),
        steps,
        outputLines: build.outputLines + 1,
      };
    }
    case 'log':
      return withLine(build, event.message, event.level, event, timeMs);
    case 'layer-start':
      return { ...build, layers: startLayer(build.layers, event) };
    case 'layer-progress': {
      const { bytes, sizeBytes } = event;
      return changeLayer(build, event.layer, (layer) => ({
        ...layer,
        bytes,
        sizeBytes: sizeBytes ?? layer.sizeBytes,
      }));
    }
    case 'layer-end': {
      const { outcome, sizeBytes } = event;
      return changeLayer(build, event.layer, (layer) => {
        const size = sizeBytes ?? layer.sizeBytes;
        return {
          ...layer,
          outcome,
          sizeBytes: size,
          bytes: outcome === 'done' ? (size ?? layer.bytes) : layer.bytes,
        };
      });
    }
    case 'push-start':
      return { ...build, pushes: [...others(build, event.reference), pushing(event.reference)] };
    case 'push-end':
      return endPush(build, event);
    case 'retry':
      return { ...build, retryCount: build.retryCount + 1 };
    default:
      // A type of a newer version: see `EventEnvelope.v`.
      event satisfies never;
      return build;
  }
}

function withLine(
  build: BuildState,
  text: string,
  source: LogSource,
  { stage, step }: { readonly stage?: number | undefined; readonly step?: number | undefined },
  timeMs: number,
): BuildState {
  return { ...build, log: appendLog(build.log, { text, source, timeMs, stage, step }) };
}

function startLayer(layers: readonly LayerState[], event: LayerStartEvent): readonly LayerState[] {
  const { layer, direction, reference, sizeBytes } = event;
  const started: LayerState = { layer, direction, reference, sizeBytes, bytes: 0, outcome: 'running' };
  return [...layers.filter((candidate) => candidate.layer !== layer), started].slice(-layerLimit);
}

function changeLayer(build: BuildState, name: string, change: (layer: LayerState) => LayerState): BuildState {
  const place = build.layers.findLastIndex((layer) => layer.layer === name);
  const layer = build.layers[place];
  return layer === undefined ? build : { ...build, layers: build.layers.with(place, change(layer)) };
}

function endPush(build: BuildState, { reference, digest, isImmutableIgnored }: PushEndEvent): BuildState {
  const ended = { reference, digest, isImmutableIgnored };
  return {
    ...build,
    digest: isImmutableIgnored ? build.digest : digest,
    pushes: [...others(build, reference), ended],
  };
}

function others(build: BuildState, reference: string): BuildState['pushes'] {
  return build.pushes.filter((push) => push.reference !== reference).slice(1 - fewLimit);
}

function pushing(reference: string): BuildState['pushes'][number] {
  return { reference, digest: undefined, isImmutableIgnored: false };
}

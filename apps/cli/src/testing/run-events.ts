import type { BuildEvent, KanikitEvent, OutlineStage, RunEvent } from '@kanikit/spec';

/** Time of the first event of `runEvents`. */
export const startedAtMs = 1_700_000_000_000;

/** An event of a run, or of a build by its name; `afterMs` is the time since the event before, one second unless said otherwise. */
export type Told = (RunEvent | BuildEvent) & { readonly build?: string; readonly afterMs?: number };

/** A run of builds by their names, from its start. */
export function runEvents(names: readonly string[], told: readonly Told[]): readonly KanikitEvent[] {
  const start: RunEvent = {
    type: 'run-start',
    run: 'r1',
    cluster: { kind: 'kubeconfig', name: 'prod', namespace: 'ci' },
    isSimulated: false,
    builds: names.map((name) => ({
      id: `${name}-1`,
      name,
      context: `./${name}`,
      destinations: [`r.example/${name}:1`],
      platform: undefined,
    })),
  };
  let timeMs = startedAtMs;
  return [{ ...start, afterMs: 0 } as Told, ...told].map(({ build, afterMs = 1_000, ...event }, index) => {
    timeMs += afterMs;
    const isOfRun = event.type.startsWith('run-');
    const id = isOfRun ? undefined : `${build ?? names[0]}-1`;
    return {
      v: 1,
      seq: index + 1,
      time: new Date(timeMs).toISOString(),
      build: id,
      ...event,
    } as KanikitEvent;
  });
}

/** A Dockerfile of one stage. */
export function outlineOf(...instructions: readonly string[]): readonly OutlineStage[] {
  const steps = instructions.map((instruction, index) => ({
    index,
    keyword: instruction.split(' ')[0] ?? '',
    instruction,
    line: index + 2,
  }));
  return [{ index: 0, name: undefined, base: 'alpine:3.22', baseStage: undefined, isNeeded: true, steps }];
}

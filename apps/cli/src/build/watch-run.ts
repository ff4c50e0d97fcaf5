import { initialRunState, type RunState } from '@kanikit/core';
import type { KanikitRun, RunResult } from '@kanikit/sdk';
import { steadyNow } from '@kanikit/spec';
import type { ProgressMode } from '../displays/choose-mode.ts';
import { createDisplay } from '../displays/create-display.ts';
import type { Display } from '../displays/display.ts';
import { handleInterrupts } from '../displays/interrupts.ts';
import { showRun } from '../displays/show-run.ts';
import { exitCodes, type Io } from '../io.ts';
import { eventsInFlags, hintInFlags, inFlags } from '../text/in-flags.ts';
import { printable } from '@kanikit/toolkit/text';
import { record } from './record.ts';

/**
 * Shows a run to its end, and then what no display shows. Ctrl-C cancels it; a second one stops waiting, a third one ends this process at once. A run of others that is followed
 * (`cancelBuild`) is let go of by the first.
 */
export async function watchRun(
  run: KanikitRun,
  mode: ProgressMode,
  recordFile: string | undefined,
  io: Io,
  followed?: { readonly cancelBuild: (build: string) => void },
): Promise<RunResult> {
  const shown: { display?: Display } = {};
  let state: RunState = initialRunState;
  using interrupts = handleInterrupts({
    cancel: () => {
      run.cancel({ reason: 'interrupted' });
      if (followed === undefined) shown.display?.interrupted(1);
    },
    leave: () => {
      shown.display?.interrupted(2);
      void leave(run, shown.display, state, io);
    },
    exit: () => process.exit(exitCodes.interrupted),
  });
  const cancel = (build: string | undefined) => {
    if (followed === undefined || build === undefined) run.cancel({ build, reason: 'cancelled by the user' });
    else followed.cancelBuild(build);
  };
  const display = await createDisplay(mode, io, {
    cancel,
    interrupt: interrupts.press,
    readerGone: () => {
      if (mode !== 'tui' && interrupts.count() === 0) io.stderr.write(readerGoneText(followed !== undefined));
      interrupts.readerGone();
    },
    clock: steadyNow,
  });
  shown.display = display;
  const told = eventsInFlags(run.events);
  const events = recordFile === undefined ? told : record(told, recordFile);
  let result: RunResult;
  try {
    state = await showRun(events, display, (next) => {
      state = next;
    });
    result = inFlags(await run.result);
  } catch (error) {
    run.cancel({ reason: 'kanikit could not show it' });
    await run.result;
    throw error;
  } finally {
    await display.close(state);
  }
  tellMore(result, mode === 'json' ? initialRunState : state, io);
  return result;
}

/** `| head` ends a run, since nobody would see its end. */
function readerGoneText(isFollowed: boolean): string {
  return isFollowed
    ? 'warning: Nobody reads standard output any longer: kanikit lets go of the builds, which go on.\n'
    : 'warning: Nobody reads standard output any longer: the builds are cancelled.\n hint: Read all of it, write it to a file, or start builds with --detach.\n';
}

/** The user does not want to wait for the clean-up: says what may be left, and ends the process. */
async function leave(run: KanikitRun, display: Display | undefined, state: RunState, io: Io): Promise<void> {
  const left = run.created();
  await display?.close(state);
  const list = left.map((target) => `  ${printable(target)}\n`).join('');
  io.stderr.write(
    left.length === 0
      ? 'Nothing is known to be left behind.\n'
      : `May be left behind (pods end at their deadline; delete them with kubectl):\n${list}`,
  );
  process.exit(exitCodes.interrupted);
}

/** Further problems of the preflight, pods that are kept, and what could not be removed where `shown` does not have it. */
function tellMore({ builds, problems, leftovers }: RunResult, shown: RunState, io: Io): void {
  const told = new Set(builds.map((build) => build.failure?.message));
  for (const { message, hint } of problems.filter((problem) => !told.has(problem.message))) {
    io.stderr.write(
      `error: ${printable(message)}\n${hint === undefined ? '' : ` hint: ${printable(hintInFlags(hint))}\n`}`,
    );
  }
  for (const { id, name, kept } of builds) {
    if (kept === undefined) continue;
    const { namespace, pod, untilMs } = kept;
    const inspect = `kanikit inspect -n ${namespace} ${printable(id)}`;
    io.stderr.write(
      `kept: pod ${namespace}/${pod} of ${printable(name)}, until ${new Date(untilMs).toISOString()} (then "kanikit prune" removes it)\n hint: ${inspect}, kanikit logs -n ${namespace} ${printable(id)}, kubectl describe pod -n ${namespace} ${pod}\n`,
    );
  }
  const shownTargets = new Set(
    shown.builds.flatMap(({ cleanup }) => cleanup.problems.map(({ target }) => target)),
  );
  for (const target of leftovers.filter((left) => !shownTargets.has(left)))
    io.stderr.write(`left behind: ${printable(target)}\n`);
}

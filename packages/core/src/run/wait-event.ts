import type { BuildWaitEvent, CallWait } from '@kanikit/spec';

/** Tells what a build waits for; `undefined` ends what was told. */
export function waitEvent(wait: CallWait | undefined): BuildWaitEvent {
  const { reason, message, hint } = wait ?? {};
  return { type: 'build-wait', reason, message, hint };
}

import { isFinished, type Pod } from '../objects.ts';

/** A running `activeDeadlineSeconds`. */
export interface Deadline {
  readonly atMs: number;
  cancel(): void;
}

/** Longest time that `setTimeout` takes. */
const longestTimerMs = 2 ** 31 - 1;

/** Starts, moves or cancels the deadline of a pod to match its present state; returns the one in force. */
export function armDeadline(
  present: Deadline | undefined,
  pod: Pod,
  now: () => number,
  onDue: () => void,
): Deadline | undefined {
  const { startTime } = pod.status;
  const { activeDeadlineSeconds: seconds } = pod.spec;
  if (startTime === undefined || seconds === undefined || isFinished(pod)) {
    present?.cancel();
    return undefined;
  }
  const atMs = Date.parse(startTime) + seconds * 1000;
  if (present?.atMs === atMs) return present;
  present?.cancel();
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = atMs - now();
    if (left <= 0) onDue();
    else timer = setTimeout(wait, Math.min(left, longestTimerMs));
  };
  timer = setTimeout(wait, 0);
  return { atMs, cancel: () => clearTimeout(timer) };
}

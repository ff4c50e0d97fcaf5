import { fileURLToPath } from 'node:url';

const hour = 3_600_000;
const day = 24 * hour;

/** A machine whose clock is wrong. */
export interface ClockFault {
  readonly name: string;
  /** What a program needs in its environment to have this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** It is set when the program gets SIGUSR2. */
  readonly isSignalled: boolean;
}

/** A clock with one of these faults; see `shifted-clock.ts`. */
function clock(
  name: string,
  shift: {
    readonly aheadMs?: number;
    readonly jumpMs?: number;
    readonly swingMs?: number;
    readonly driftMs?: number;
  },
): ClockFault {
  const preload = fileURLToPath(new URL('../parts/shifted-clock.ts', import.meta.url));
  const isSignalled = shift.jumpMs !== undefined;
  return {
    name,
    isSignalled,
    env: { NODE_OPTIONS: `--import ${preload}`, TEST_CLOCK: JSON.stringify(shift) },
  };
}

export const anHourBehind: ClockFault = clock('an hour behind', { aheadMs: -hour });
export const anHourAhead: ClockFault = clock('an hour ahead', { aheadMs: hour });
export const aDayBehind: ClockFault = clock('a day behind', { aheadMs: -day });
export const daysAhead: ClockFault = clock('nine days ahead', { aheadMs: 9 * day });

export const clockFaults: readonly ClockFault[] = [
  anHourBehind,
  anHourAhead,
  clock('set a day ahead while the RUN runs', { jumpMs: day }),
  clock('set a day back while the RUN runs', { jumpMs: -day }),
  clock('set a day to and fro all the time', { swingMs: day / 2 }),
  clock('a minute too fast in each second', { driftMs: 60_000 }),
];

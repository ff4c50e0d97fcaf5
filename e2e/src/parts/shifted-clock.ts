/**
 * Loaded by `NODE_OPTIONS=--import …` before a program: sets the clock of its machine, as far as the program can tell. Certificates are judged by the
 * system's clock all the same.
 */
interface ClockShift {
  /** Off from the start on, in milliseconds. */
  readonly aheadMs?: number;
  /** Set by so much at each SIGUSR2. */
  readonly jumpMs?: number;
  /** Set to and fro by so much, every swing. */
  readonly swingMs?: number;
  /** Goes too fast: by so many milliseconds in each second. */
  readonly driftMs?: number;
}

const {
  aheadMs = 0,
  jumpMs = 0,
  swingMs = 0,
  driftMs = 0,
} = JSON.parse(process.env['TEST_CLOCK'] ?? '{}') as ClockShift;
const realNow = Date.now;
const startedAt = performance.now();
/** Longer than a request takes. */
const swingEveryMs = 700;
let jumpedMs = 0;
if (jumpMs !== 0) process.on('SIGUSR2', () => (jumpedMs += jumpMs));

function now(): number {
  const passedMs = performance.now() - startedAt;
  const swungMs = Math.floor(passedMs / swingEveryMs) % 2 === 0 ? swingMs : -swingMs;
  return Math.round(realNow() + aheadMs + jumpedMs + swungMs + (passedMs * driftMs) / 1000);
}

globalThis.Date = new Proxy(Date, {
  construct: (target, args, made) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, made) as Date,
  apply: (target) => new target(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});
// Read from the machine's clock at the start of a process; what is counted from it goes on evenly.
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + aheadMs });

export {};

import {
  abortSignal,
  anyText,
  callback,
  checkInput,
  choice,
  count,
  fields,
  flag,
  instance,
  list,
  longestTimerMs,
  maybe,
  method,
  openRecord,
  type Schema,
  schemaOf,
  such,
  text,
} from '@kanikit/spec/schema';
import type { ExecutorRequest } from '../executor/executor-program.ts';
import type { AccessRule } from '../kubernetes/access.ts';
import type { PodRuntime } from '../node/pod-runtime.ts';
import type { SandboxOptions, SandboxSettings } from './options.ts';
import type { SandboxDaemonOptions } from './start-daemon.ts';
import type { StopOptions } from './stop-daemon.ts';

const port = maybe(count(0, 65_535));

const settings = {
  folder: maybe(text),
  ports: maybe(fields({ api: port, registry: port, bucket: port, bucketHttp: port })),
  simulate: maybe(
    fields({
      logFile: text,
      exitCode: maybe(count(0, 255)),
      linesPerSecond: maybe(
        such<number>((value) => Number.isFinite(value) && (value as number) > 0, 'a number above 0'),
      ),
    }),
  ),
  hasBaseImage: maybe(flag),
} satisfies Record<keyof SandboxSettings, unknown>;

const texts = list(anyText);

const rule: Schema<AccessRule> = fields({
  verbs: texts,
  resources: texts,
  apiGroups: maybe(texts),
  namespaces: maybe(texts),
  resourceNames: maybe(texts),
}) as unknown as Schema<AccessRule>;

const sandboxOptions = fields({
  ...settings,
  runtime: maybe(
    instance<PodRuntime>('a runtime such as createScriptedRuntime() makes', {
      start: method(),
      recover: method(),
      close: method(),
    }),
  ),
  users: maybe(list(fields({ name: text, token: text, rules: list(rule) }))),
  intercept: maybe(fields({ registry: maybe(method()), bucket: maybe(method()) })),
  onProgress: maybe(method()),
  signal: maybe(abortSignal),
} satisfies Record<keyof SandboxOptions, unknown>);

const daemonOptions = fields({
  ...settings,
  executor: maybe(text),
  onProgress: maybe(method()),
  timeoutMs: maybe(count(1, longestTimerMs)),
  signal: maybe(abortSignal),
} satisfies Record<keyof SandboxDaemonOptions, unknown>);

const stopOptions = schemaOf<StopOptions>()(
  fields({ graceMs: maybe(count(0, longestTimerMs)), signal: maybe(abortSignal) }),
);

const executorRequest = fields({
  distribution: choice('google', 'osscontainertools', 'chainguard'),
  version: anyText,
  image: maybe(text),
  path: maybe(text),
  cacheFolder: maybe(text),
  env: maybe(openRecord(maybe(anyText))),
  onProgress: maybe(callback()),
  signal: abortSignal,
} satisfies Record<keyof ExecutorRequest, unknown>);

/** What takes options. */
export type CheckedCall =
  | 'startSandbox()'
  | 'startSandboxDaemon()'
  | 'stopSandboxDaemon()'
  | 'resetSandbox()'
  | 'acquireExecutor()';

const schemas: Readonly<Record<CheckedCall, Schema<unknown>>> = {
  'startSandbox()': sandboxOptions,
  'startSandboxDaemon()': daemonOptions,
  'stopSandboxDaemon()': stopOptions,
  'resetSandbox()': stopOptions,
  'acquireExecutor()': executorRequest,
};

/** @throws KanikitError `options-invalid` */
export function checkOptions(call: CheckedCall, options: unknown): void {
  checkInput(schemas[call], options, { code: 'options-invalid', what: `the options of ${call}` });
}

/** @throws KanikitError `options-invalid` */
export function checkFolder(folder: unknown): void {
  checkInput(maybe(text), folder, { code: 'options-invalid', what: 'the folder of the sandbox' });
}

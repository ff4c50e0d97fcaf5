import path from 'node:path';
import { KanikitError, untilAborted } from '@kanikit/spec';
import { captureProgram } from '@kanikit/toolkit/programs';
import { createRedactor, hideByForm } from '@kanikit/toolkit/secrets';
import { asSentence } from '@kanikit/toolkit/text';
import type { CredentialProvider } from './cluster-connection.ts';
import type { CredentialTarget } from './credential-target.ts';
import { ExecAnswerError, type Granted, readExecAnswer } from './exec-answer.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import type { KubeconfigPlugin } from './kubeconfig.ts';
import type { Place } from './kubeconfig-value.ts';
import { resolveBeside } from './referred-file.ts';

/** A plugin that takes longer waits for a person. */
const pluginTimeoutMs = 60_000;
const longestAnswer = 1024 * 1024;
/** A credential this close to its end is renewed, so that it does not expire on the way. */
const renewBeforeMs = 10_000;
const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Credentials from a plugin of the kubeconfig (`exec`), kept until they expire or are refused.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 *
 * @throws KanikitError `credential-plugin-failed` (when called), `kubeconfig-invalid`
 */
export function createExecCredential(
  described: KubeconfigPlugin,
  place: Place,
  target: CredentialTarget,
): CredentialProvider {
  if (described.interactiveMode === 'Always') {
    throw kubeconfigError(
      place.file,
      `${place.path}.interactiveMode is "Always": kanikit does not share its terminal with plugins`,
    );
  }
  const plugin = preparePlugin(described, place, target);
  let known: Granted | undefined;
  const run = shared((signal) => runPlugin(plugin, signal));
  return async ({ isRejected, signal }) => {
    if (known === undefined || isRejected || known.expiresAt - renewBeforeMs < Date.now()) {
      known = await run(signal);
    }
    return known.credential;
  };
}

/** Lets everyone who asks at the same time wait for the same work, which ends early only when all of them have given up. */
function shared<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let current: { readonly result: Promise<T>; readonly stop: AbortController; waiting: number } | undefined;
  return async (signal) => {
    if (current === undefined) {
      const stop = new AbortController();
      current = { result: work(stop.signal), stop, waiting: 0 };
    }
    const joined = current;
    joined.waiting += 1;
    try {
      return await untilAborted(joined.result, signal);
    } finally {
      joined.waiting -= 1;
      if (current === joined) current = undefined;
      if (joined.waiting === 0) joined.stop.abort(new Error('nobody waits for it any more'));
    }
  };
}

interface Plugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly apiVersion: string;
  readonly installHint: string | undefined;
  readonly file: string;
}

/** Refuses a plugin that speaks a version of the protocol which kanikit does not know, also when it is not asked in the end. */
export function checkPluginVersion({ apiVersion }: KubeconfigPlugin, { file, path: at }: Place): void {
  if (versions.includes(apiVersion)) return;
  throw kubeconfigError(
    file,
    `${at}.apiVersion is "${apiVersion}", and must be one of ${versions.join(', ')}`,
  );
}

function preparePlugin(
  { command, args, env, apiVersion, installHint, isClusterTold }: KubeconfigPlugin,
  { file }: Place,
  target: CredentialTarget,
): Plugin {
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(isClusterTold ? { cluster: clusterInfo(target) } : {}) },
  };
  const own = env.map(({ name, value }) => [name, value] as const);
  const isPath = command.includes('/') || command.includes(path.sep);
  return {
    // A path is relative to the kubeconfig, a bare name is looked up in PATH.
    command: isPath ? resolveBeside(file, command) : command,
    args,
    env: { ...target.env, ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    apiVersion,
    installHint: installHint || undefined,
    file,
  };
}

function clusterInfo({
  server,
  certificateAuthority,
  cluster: { fields },
}: CredentialTarget): Readonly<Record<string, unknown>> {
  const config = fields.extensions.findLast(
    ({ name }) => name === 'client.authentication.k8s.io/exec',
  )?.fields;
  return {
    server,
    ...(fields.tlsServerName === '' ? {} : { 'tls-server-name': fields.tlsServerName }),
    ...(certificateAuthority === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') }),
    ...(fields.isServerUnverified ? { 'insecure-skip-tls-verify': true } : {}),
    ...(fields.proxyUrl === '' ? {} : { 'proxy-url': fields.proxyUrl }),
    ...(config === undefined || config === null ? {} : { config }),
  };
}

async function runPlugin(plugin: Plugin, signal: AbortSignal): Promise<Granted> {
  const output = await askPlugin(plugin, signal);
  try {
    return readExecAnswer(output, plugin.apiVersion);
  } catch (error) {
    throw error instanceof ExecAnswerError ? failed(plugin, error.message) : error;
  }
}

async function askPlugin(plugin: Plugin, signal: AbortSignal): Promise<string> {
  const { command, args, env } = plugin;
  const call = { command, args, env, timeoutMs: pluginTimeoutMs, longestOutput: longestAnswer };
  const end = await captureProgram(call, signal);
  switch (end.kind) {
    case 'ended':
      if (end.code === 0) return end.output;
      throw failed(
        plugin,
        end.code === null ? `it was ended by ${end.killedBy}` : `exit code ${end.code}`,
        end.words,
      );
    case 'late':
      throw failed(plugin, `no answer within ${pluginTimeoutMs / 1000} s`, end.words);
    case 'too-long':
      throw failed(plugin, `its answer is longer than ${longestAnswer / 1024 ** 2} MiB`);
    case 'not-started':
      throw failed(plugin, end.isMissing ? 'there is no such program' : end.problem);
    default:
      return end satisfies never;
  }
}

/** Characters of what a plugin said that an error repeats, the last ones. */
const mostWords = 500;

function failed(plugin: Plugin, problem: string, words = ''): KanikitError {
  const said = hideSecrets(words.trim(), plugin).slice(-mostWords);
  const detail = said === '' ? '' : `: ${said}`;
  return new KanikitError({
    code: 'credential-plugin-failed',
    message: asSentence(
      `Running the credential plugin ${plugin.command} of ${plugin.file}: ${problem}${detail}`,
    ),
    hint:
      plugin.installHint ??
      `Run ${plugin.command} in a terminal as the kubeconfig does: it may need a login.`,
  });
}

/** Plugins repeat what they were given, and what a server told them: nothing of that may end in a log. */
function hideSecrets(words: string, { env, args }: Plugin): string {
  const redactor = createRedactor();
  const named = Object.entries(env).filter(([name]) => /token|secret|password|key|credential/i.test(name));
  redactor.hide(named.flatMap(([, value]) => (value === undefined ? [] : [value])));
  // The value behind a flag of such a name, or after its equals sign.
  const values = args.flatMap((argument, at) => {
    if (!/^-.*(?:token|secret|password|key|credential)/i.test(argument)) return [];
    return [argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : (args[at + 1] ?? '')];
  });
  redactor.hide(values);
  // Before a cut, so that no half of a secret is left.
  return hideByForm(redactor.text(words)).replaceAll(/eyJ[\w-]{1,4000}\.[\w-]+(?:\.[\w-]*)?/g, '***');
}

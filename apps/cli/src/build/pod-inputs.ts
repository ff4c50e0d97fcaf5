import { createReadStream } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import type { BuildRequest, JsonPatchOperation, KubernetesObject, PodPatch } from '@kanikit/spec';
import { fileProblem } from '../command-line/file-problem.ts';
import { shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import type { Io } from '../io.ts';
import type { BuildFlags } from './build-requests.ts';
import { secretFlags } from './secret-flags.ts';

/** More than any object that Kubernetes keeps (etcd takes 1.5 MB); a device without an end is no pod. */
const largestFileBytes = 2 * 1024 * 1024;

const inPlace = /^\s*[[{]/;

/**
 * Completes requests with what lies outside of the command line: the files of template and patches, and variables of the environment.
 *
 * @throws KanikitError `usage` for a file that can't be read, or that is no YAML or JSON
 */
export async function withPodInputs(
  requests: readonly BuildRequest[],
  flags: BuildFlags,
  { env }: Pick<Io, 'env'>,
): Promise<readonly BuildRequest[]> {
  const template = flags['pod-template'];
  const patches = await Promise.all([
    ...flags['pod-patch'].map(async (text): Promise<PodPatch> => {
      const patch = await readStructure('--pod-patch', text);
      if (!isObject(patch))
        throw usageError(`--pod-patch takes an object of a pod's shape: ${patchName(text)}`);
      return { type: 'strategic', patch };
    }),
    ...flags['pod-json-patch'].map(async (text): Promise<PodPatch> => {
      const patch = await readStructure('--pod-json-patch', text);
      if (!Array.isArray(patch))
        throw usageError(`--pod-json-patch takes a list of operations: ${patchName(text)}`);
      return { type: 'json', patch: patch as readonly JsonPatchOperation[] };
    }),
  ]);
  const pod = {
    env: variables(flags.env, env),
    patches: patches.length === 0 ? undefined : patches,
    template: template === undefined ? undefined : await readTemplate(template),
  };
  const secrets = secretFlags(flags.secret, env);
  return requests.map((request) => ({ ...request, secrets, pod: { ...request.pod, ...pod } }));
}

async function readTemplate(file: string): Promise<KubernetesObject> {
  const template = await readStructure('--pod-template', file);
  if (isObject(template)) return template;
  throw usageError(`--pod-template takes one pod, or the spec of one: ${patchName(file)}`);
}

/** YAML, of which JSON is a part: in place where it begins with a bracket, else in a file. */
async function readStructure(flag: string, text: string): Promise<unknown> {
  const isInPlace = inPlace.test(text);
  const content = isInPlace ? text : await readText(flag, text);
  const { parse } = await import('yaml');
  try {
    // Plain JSON is what goes to the cluster: an anchor within itself has an end nowhere.
    return JSON.parse(JSON.stringify(parse(content))) as unknown;
  } catch (error) {
    throw usageError(`${flag} ${isInPlace ? '' : `${shown(text)} `}is no YAML or JSON: ${firstLine(error)}`);
  }
}

async function readText(flag: string, file: string): Promise<string> {
  let text: string;
  try {
    text = await textOf(createReadStream(file, { end: largestFileBytes }));
  } catch (error) {
    throw usageError(`${flag} can't be read: ${shown(file)}: ${fileProblem(error)}`);
  }
  if (Buffer.byteLength(text) <= largestFileBytes) return text;
  throw usageError(`${flag} is larger than ${largestFileBytes / 1024 / 1024} MB: ${shown(file)}`);
}

/** A patch of the command line is named by its place: it may hold a secret. */
function patchName(text: string): string {
  return inPlace.test(text) ? 'the one on the command line.' : `${shown(text)}.`;
}

/** The reader of YAML quotes the text around the problem behind its first line. */
function firstLine(error: unknown): string {
  const [line = ''] = (error as Error).message.split('\n');
  return line.replace(/:$/, '.');
}

function variables(
  pairs: Readonly<Record<string, string | undefined>>,
  env: Io['env'],
): Readonly<Record<string, string>> {
  const known = Object.entries(pairs).map(([name, value]) => [name, value ?? env[name]] as const);
  return Object.fromEntries(known.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

function isObject(value: unknown): value is KubernetesObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

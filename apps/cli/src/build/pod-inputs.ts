import { readWholeFile } from '@kanikit/toolkit/files';
import type { BuildRequest, JsonPatchOperation, KubernetesObject, PodPatch } from '@kanikit/spec';
import { fileProblem } from '../command-line/file-problem.ts';
import { shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import type { Io } from '../io.ts';
import type { BuildFlags } from './build-flags.ts';
import { secretFlags } from './secret-flags.ts';

/** Larger than any Kubernetes object (etcd allows 1.5 MB); also stops at endless files such as /dev/zero. */
const largestFileBytes = 2 * 1024 * 1024;

const inPlace = /^\s*[[{]/;

/** As many kinds of objects as fit into a message. */
const mostKinds = 5;

/**
 * Completes requests with what lies outside of the command line: the files of template and patches, and variables of the environment.
 *
 * @throws KanikitError `usage` for a file that can't be read, or that is not valid YAML or JSON
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

/** YAML as kubectl reads it, of which JSON is a part: in place where it begins with a bracket, else in a file. */
async function readStructure(flag: string, text: string): Promise<unknown> {
  const isInPlace = inPlace.test(text);
  const content = isInPlace ? text : await readBytes(flag, text);
  const { readYamlDocuments, yamlText } = await import('@kanikit/toolkit/yaml');
  const where = `${flag} ${isInPlace ? '' : `${shown(text)} `}`;
  const read = async (): Promise<readonly unknown[]> =>
    await readYamlDocuments(typeof content === 'string' ? content : yamlText(content));
  const documents = await read().catch((error: unknown) => {
    throw usageError(`${where}is not valid YAML or JSON: ${firstLine(error)}`);
  });
  if (documents.length <= 1) return documents[0] ?? null;
  throw usageError(`${where}holds ${documents.length} documents (${kindsOf(documents)}), and must hold one`);
}

function kindsOf(documents: readonly unknown[]): string {
  const kinds = documents.map((document) => {
    const kind = isObject(document) ? document['kind'] : undefined;
    return typeof kind === 'string' ? kind : 'no kind';
  });
  return kinds.slice(0, mostKinds).join(', ') + (kinds.length > mostKinds ? ', …' : '');
}

async function readBytes(flag: string, file: string): Promise<Uint8Array> {
  try {
    return await readWholeFile(file, { largestBytes: largestFileBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EFBIG') {
      throw usageError(`${flag} is larger than ${largestFileBytes / 1024 / 1024} MB: ${shown(file)}`);
    }
    throw usageError(`${flag} can't be read: ${shown(file)}: ${fileProblem(error)}`);
  }
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

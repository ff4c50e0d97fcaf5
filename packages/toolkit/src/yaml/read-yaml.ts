import type { Document, LineCounter, YAMLMap } from 'yaml';
import type * as Yaml from 'yaml';
import { readPlain } from './plain-scalar.ts';
import { YamlError } from './yaml-error.ts';

/** Aliases of aliases make a short text endless. */
const mostValues = 1_000_000;

/**
 * Reads the first document as kubectl reads a kubeconfig: YAML 1.1 as `sigs.k8s.io/yaml` has it, or JSON. Null for a text without one.
 *
 * @throws YamlError
 */
export async function readYaml(text: string): Promise<unknown> {
  refuseControlCharacters(text);
  const json = readJson(text);
  if (json !== undefined) return json;
  const { yaml, lines, documents } = await parse(text);
  const [first] = documents;
  return first === undefined ? null : valueOf(yaml, first, lines);
}

/**
 * The same for all documents of a text that have something in them.
 *
 * @throws YamlError
 */
export async function readYamlDocuments(text: string): Promise<readonly unknown[]> {
  refuseControlCharacters(text);
  const json = readJson(text);
  if (json !== undefined) return [json];
  const { yaml, lines, documents } = await parse(text);
  const values = documents.map((document) => valueOf(yaml, document, lines));
  return values.filter((value) => value !== null);
}

/** YAML has none of these, not even in comments; our parser takes them. */
function refuseControlCharacters(text: string): void {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const at = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/);
  if (at === -1) return;
  throw new YamlError('it has a control character', text.slice(0, at).split('\n').length);
}

function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Flow-style YAML begins like this, too.
    return undefined;
  }
}

interface Parsed {
  readonly yaml: typeof Yaml;
  readonly lines: LineCounter;
  readonly documents: readonly Document.Parsed[];
}

async function parse(text: string): Promise<Parsed> {
  // Loaded only where there is YAML.
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  // Every scalar as the text it is: what it stands for is said here.
  const options = { schema: 'failsafe', version: '1.1', uniqueKeys: false, merge: false } as const;
  try {
    const found = yaml.parseAllDocuments(text, { ...options, prettyErrors: false, lineCounter: lines });
    return { yaml, lines, documents: Array.isArray(found) ? found : [] };
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError('it is nested too deeply');
    throw error;
  }
}

function valueOf(yaml: typeof Yaml, document: Document.Parsed, lines: LineCounter): unknown {
  const [error] = document.errors;
  if (error !== undefined)
    throw new YamlError(`it is not valid YAML (${error.code})`, lines.linePos(error.pos[0]).line);
  try {
    const value = new Reader(yaml, document, lines).read(document.contents);
    throwFirst(value);
    return value;
  } catch (failure) {
    if (failure instanceof RangeError) throw new YamlError('it is nested too deeply');
    throw failure;
  }
}

/** What JSON can't hold matters only where no later value takes its place. */
function throwFirst(value: unknown): void {
  if (value instanceof YamlError) throw value;
  if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) throwFirst(inner);
}

/** Makes values of the nodes of one document. What JSON can't hold becomes a `YamlError` in its place. */
class Reader {
  readonly #yaml: typeof Yaml;
  readonly #lines: LineCounter;
  readonly #targets = new Map<Yaml.Alias, Yaml.Node>();
  readonly #open = new Set<Yaml.Node>();
  #count = 0;

  constructor(yaml: typeof Yaml, document: Document.Parsed, lines: LineCounter) {
    this.#yaml = yaml;
    this.#lines = lines;
    const anchors = new Map<string, Yaml.Node>();
    yaml.visit(document, {
      Node: (_key, node) => {
        const target = yaml.isAlias(node) ? anchors.get(node.source) : undefined;
        if (yaml.isAlias(node) && target !== undefined) this.#targets.set(node, target);
        else if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
  }

  read(node: unknown): unknown {
    if (!this.#yaml.isNode(node)) return null;
    this.#count += 1;
    if (this.#count > mostValues) throw this.#error('its aliases make more than a million values', node);
    if (this.#yaml.isScalar(node)) return this.#scalar(node);
    const target = this.#yaml.isAlias(node) ? this.#targets.get(node) : node;
    if (target === undefined) throw this.#error('an alias has no anchor', node);
    if (this.#open.has(target)) throw this.#error('an anchor contains itself', node);
    this.#open.add(target);
    try {
      if (this.#yaml.isSeq(target)) return target.items.map((item) => this.read(item));
      if (this.#yaml.isMap(target)) return this.#map(target);
      return this.#yaml.isScalar(target) ? this.#scalar(target) : this.read(target);
    } finally {
      this.#open.delete(target);
    }
  }

  /** Later ones win, those of a merge too: it stands where it is written. */
  #map(map: YAMLMap): unknown {
    const entries = new Map<string, unknown>();
    let problem: YamlError | undefined;
    for (const { key, value } of map.items) {
      if (this.#isMerge(key)) {
        for (const [name, merged] of this.#merged(value)) entries.set(name, merged);
        continue;
      }
      const name = this.#name(key);
      if (name instanceof YamlError) problem ??= name;
      else entries.set(name, this.read(value));
    }
    return problem ?? Object.fromEntries(entries);
  }

  #isMerge(key: unknown): boolean {
    return (
      this.#yaml.isScalar(key) && key.value === '<<' && (isPlain(key) || key.tag?.endsWith(':merge') === true)
    );
  }

  *#merged(node: unknown): Generator<readonly [string, unknown]> {
    const direct = this.#yaml.isAlias(node) ? this.#targets.get(node) : node;
    // Of several maps the first wins; a list behind an alias is none to Go.
    const maps = this.#yaml.isSeq(direct) && direct === node ? direct.items.toReversed() : [node];
    for (const map of maps) {
      const value = this.read(map);
      if (value instanceof YamlError) throw value;
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw this.#error('a merge (<<) wants a map, or a list of maps', node);
      yield* Object.entries(value);
    }
  }

  #name(key: unknown): string | YamlError {
    const value = this.read(key);
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    const problem = this.#error('a key is neither text nor number', key);
    if (typeof value === 'object' && value !== null && !(value instanceof YamlError)) throw problem;
    return problem;
  }

  #scalar(node: Yaml.Scalar): unknown {
    const text = typeof node.value === 'string' ? node.value : '';
    const tag = node.tag?.replace('tag:yaml.org,2002:', '');
    if (tag === 'binary') return Buffer.from(text, 'base64').toString('utf8');
    const isResolved = tag === undefined ? isPlain(node) : ['bool', 'int', 'float', 'null'].includes(tag);
    const value = isResolved ? readPlain(text) : text;
    if (typeof value === 'number' && !Number.isFinite(value))
      return this.#error('JSON has no such number', node);
    const kind = value === null ? 'null' : typeof value === 'number' ? 'number' : typeof value;
    const wanted = tag === 'int' || tag === 'float' ? 'number' : tag === 'bool' ? 'boolean' : tag;
    if (isResolved && tag !== undefined && (kind !== wanted || (tag === 'int' && !Number.isInteger(value))))
      throw this.#error(`a value is not of its type (!!${tag})`, node);
    return value;
  }

  #error(problem: string, node: unknown): YamlError {
    const range = this.#yaml.isNode(node) ? node.range : undefined;
    return new YamlError(problem, range ? this.#lines.linePos(range[0]).line : undefined);
  }
}

function isPlain(node: Yaml.Scalar): boolean {
  return node.type === undefined || node.type === 'PLAIN';
}

import { isKnownMessage } from './known-messages.ts';
import type { Message } from './message.ts';

const other: Message = { kind: 'other' };
const instruction =
  /^(?:RUN|COPY|ADD|WORKDIR|ENV|ARG|LABEL|EXPOSE|USER|VOLUME|ENTRYPOINT|CMD|SHELL|HEALTHCHECK|STOPSIGNAL|ONBUILD)\s/i;

type Maker = (match: RegExpExecArray) => Message;
const text = (match: RegExpExecArray, group: number): string => match[group] ?? '';
const stepAnswer =
  (result: 'hit' | 'miss', isInferred = false): Maker =>
  (match) => ({ kind: 'cache-answer', instruction: text(match, 1), result, isInferred });

/** By the first word in lower case; 1.9.0 changed the case of many messages. */
const table: ReadonlyMap<string, readonly (readonly [RegExp, Maker])[]> = new Map(
  Object.entries({
    active: [[/^active feature flags: /, () => ({ kind: 'fork', since: '1.28.1' })]],
    feature: [
      [
        /^feature flags (?:enabled by default|explicitly disabled), /,
        () => ({ kind: 'fork', since: '1.28.1' }),
      ],
    ],
    '#969': [[/^#969 kaniko does not support /, () => ({ kind: 'fork', since: '1.25.6' })]],
    '#1713': [[/^#1713 kaniko does not support /, () => ({ kind: 'fork', since: '1.25.4' })]],
    context: [[/^Context restored$/, () => ({ kind: 'fork', since: '1.24.0' })]],
    credential: [
      [
        /^credential providers by priority: \[([^\]]*)/,
        (match) => ({
          kind: 'credentials',
          isFromVariable: text(match, 1).includes('env:DOCKER_AUTH_CONFIG'),
        }),
      ],
    ],
    to: [
      [/^To simulate EOF and exit, press 'Ctrl\+D'$/, () => ({ kind: 'context' })],
      [/^To copy files there, relocate kaniko with KANIKO_DIR: /, () => ({ kind: 'fork', since: '1.27.5' })],
    ],
    retrieved: [[/^Retrieved https tar file$/, () => ({ kind: 'context' })]],
    extracted: [[/^Extracted https tar file$/, () => ({ kind: 'context' })]],
    resolved: [
      [
        /^Resolved base name of (\S+) to (\S+)$/,
        (match) => ({ kind: 'base-name', base: text(match, 2), name: text(match, 1), isFork: true }),
      ],
      [
        /^Resolved base name (\S+) to (\S+)$/,
        (match) => ({ kind: 'base-name', base: text(match, 1), name: text(match, 2), isFork: false }),
      ],
    ],
    built: [
      [
        /^Built stage name to index map: map\[(.*)\]$/,
        (match) => ({ kind: 'stage-index', names: nameMap(text(match, 1)) }),
      ],
      [
        /^Built cross stage deps: map\[(.*)\]$/s,
        (match) => ({ kind: 'stage-deps', files: fileMap(text(match, 1)) }),
      ],
    ],
    retrieving: [
      [/^Retrieving https tar file$/, () => ({ kind: 'context' })],
      [/^Retrieving image manifest (\S+)$/, (match) => ({ kind: 'resolve', image: text(match, 1) })],
      [
        /^Retrieving image (\S+)(?: from (?:registry|mapped registry|registry mirror) (\S+))?$/,
        (match) => ({ kind: 'resolve', image: text(match, 1) }),
      ],
    ],
    downloading: [
      [/^Downloading base image (\S+)$/, (match) => ({ kind: 'resolve', image: text(match, 1) })],
    ],
    returning: [[/^Returning cached image manifest$/, () => ({ kind: 'resolve', image: undefined })]],
    base: [
      [
        /^Base image from previous stage (\d+) found, /,
        (match) => ({ kind: 'previous-base', stage: Number(match[1]) }),
      ],
    ],
    executing: [
      [/^Executing (\d+) build triggers$/, (match) => ({ kind: 'triggers', count: Number(match[1]) })],
    ],
    squashing: [
      [
        /^Squashing stages: (\S*) into (\S*)$/,
        (match) => ({ kind: 'squash', name: text(match, 1), base: text(match, 2) }),
      ],
    ],
    eliminating: [
      [
        /^Eliminating stage '.*?' \[idx: '?(\d+)'?\], /,
        (match) => ({ kind: 'eliminated', stage: Number(match[1]) }),
      ],
    ],
    building: [
      [
        /^Building stage '?(.*?)'? \[idx: '?(\d+)'?, base-idx: '?(-?\d+)'?\]$/,
        (match) => ({
          kind: 'stage',
          base: text(match, 1),
          index: Number(match[2]),
          baseIndex: Number(match[3]),
        }),
      ],
    ],
    checking: [
      [
        /^Checking for cached layer (\S+):([0-9a-f]{64})\.\.\.$/,
        (match) => ({ kind: 'cache-check', repository: text(match, 1), key: text(match, 2) }),
      ],
    ],
    kaniko_telemetry_endpoint: [
      [/^KANIKO_TELEMETRY_ENDPOINT uses plaintext http: /, () => ({ kind: 'telemetry' })],
    ],
    registry: [[/^registry connections: sockets opened=\d/, () => ({ kind: 'exit' })]],
    'tracing:': [[/^tracing: shutdown flush failed: /, () => ({ kind: 'exit' })]],
    'build:': [
      [/^Build: skipping snapshot for \[(.*)\]$/s, (match) => ({ kind: 'step-over', of: text(match, 1) })],
    ],
    files: [[/^Files changed \[/, () => ({ kind: 'step-over', of: undefined })]],
    cache: [[/^Cache hit via inferred cross-stage key for cmd: (.*)$/s, stepAnswer('hit', true)]],
    no: [
      [/^No cached layer found for cmd (.*)$/s, stepAnswer('miss')],
      [/^No files changed in this command, skipping snapshotting\.$/, () => ({ kind: 'snapshot-end' })],
      [/^No files were changed, appending empty layer to config\./, () => ({ kind: 'snapshot-end' })],
      [/^No base image, nothing to extract$/, () => ({ kind: 'resolve', image: 'scratch' })],
    ],
    unpacking: [
      [
        /^Unpacking rootfs as cmd (.*) requires it\.$/s,
        (match) => ({ kind: 'unpack', instruction: text(match, 1) }),
      ],
    ],
    skipping: [
      [/^Skipping unpacking as no commands require it\.$/, () => ({ kind: 'skip-unpack' })],
      [/^Skipping push to container registry due to --no-push flag$/, () => ({ kind: 'skip-push' })],
      [
        /^Skipping (?:context snapshot as no-one requires it$|copy targeting kaniko directory: )/,
        () => ({ kind: 'fork', since: '1.24.0' }),
      ],
    ],
    creating: [
      [/^Creating directory \S.* with uid -?\d+ and gid -?\d+$/, () => other],
      [/^Creating directory /, () => ({ kind: 'google' })],
      [/^Creating snapshot of build context$/, () => ({ kind: 'fork', since: '1.24.0' })],
    ],
    initializing: [[/^Initializing snapshotter \.\.\.$/, () => ({ kind: 'first-snapshot' })]],
    taking: [[/^Taking snapshot of (?:full filesystem|files)\.\.\.$/, () => ({ kind: 'snapshot' })]],
    found: [[/^Found cached layer, extracting to filesystem$/, () => ({ kind: 'cached-layer' })]],
    'cmd:': [
      [/^cmd: (?:EXPOSE|VOLUME|USER|STOPSIGNAL|ONBUILD|workdir)$/i, () => other],
      [/^cmd: \S/i, () => ({ kind: 'command' })],
    ],
    'args:': [
      [/^args: \[/i, () => ({ kind: 'arguments' })],
      // The trigger that an ONBUILD declares.
      [/^args: [A-Z]+\s/i, () => other],
    ],
    'running:': [[/^running: \[([^]*?)\]?$/i, (match) => ({ kind: 'running', command: text(match, 1) })]],
    'util.lookup': [[/^util\.lookup returned: /i, () => ({ kind: 'user-lookup' })]],
    performing: [[/^performing slow lookup of group ids for /i, () => ({ kind: 'user-lookup' })]],
    pushing: [
      [
        /^Pushing layer (\S+):([0-9a-f]{64}) to cache now$/,
        (match) => ({ kind: 'cache-push', repository: text(match, 1), key: text(match, 2) }),
      ],
      [
        /^Pushing cache pointer (\S+):([0-9a-f]{64}) -> /,
        (match) => ({ kind: 'cache-push', repository: text(match, 1), key: text(match, 2) }),
      ],
      [/^Pushing image to (\S+)$/, (match) => ({ kind: 'push', reference: text(match, 1) })],
    ],
    pushed: [
      [
        /^Pushed (\S+)@(sha256:[0-9a-f]{64})$/,
        (match) => ({ kind: 'pushed', repository: text(match, 1), digest: text(match, 2), isIgnored: false }),
      ],
      [/^Pushed image to \d+ destinations$/, () => ({ kind: 'pushed-all' })],
    ],
    immutable: [
      [
        /^Immutable tag error ignored for (\S+)@(sha256:[0-9a-f]{64})$/,
        (match) => ({ kind: 'pushed', repository: text(match, 1), digest: text(match, 2), isIgnored: true }),
      ],
    ],
    error: [
      [
        /^error uploading layer to cache: (.*)$/is,
        (match) => ({ kind: 'cache-push-failed', key: /:([0-9a-f]{64})\b/.exec(text(match, 1))?.[1] }),
      ],
    ],
    using: [
      [/^Using caching version of cmd: (.*)$/s, stepAnswer('hit')],
      [/^Using files from context: \[/, () => ({ kind: 'context-files' })],
    ],
    retrying: [
      [
        /^Retrying operation after (\S+) due to (.*)$/s,
        (match) => ({ kind: 'retry', delay: text(match, 1), reason: text(match, 2) }),
      ],
    ],
    storing: [
      [
        /^Storing source image from stage (\d+) at path /,
        (match) => ({ kind: 'save', what: `stage ${text(match, 1)}` }),
      ],
      [
        /^Storing source image from stage (\S+) at path /,
        (match) => ({ kind: 'pull', image: text(match, 1) }),
      ],
    ],
    saving: [[/^Saving file (.+?) for later use\.?$/s, (match) => ({ kind: 'save', what: text(match, 1) })]],
    deleting: [[/^Deleting filesystem\.\.\.$/, () => ({ kind: 'clean' })]],
  } satisfies Record<string, readonly (readonly [RegExp, Maker])[]>),
);

/** Reads the message of a header. */
export function readMessage(logged: string, isInfo: boolean): Message {
  // One warning of old releases begins with a newline; in colour its text is on the next line.
  const message = logged.trimStart();
  if (message === '') return other;
  const blank = message.search(/[\s]/);
  const word = (blank < 0 ? message : message.slice(0, blank)).toLowerCase();
  for (const [pattern, make] of table.get(word) ?? []) {
    const match = pattern.exec(message);
    if (match) return make(match);
  }
  if (isInfo && instruction.test(message)) return { kind: 'step', instruction: message };
  return isKnownMessage(message, word) ? other : { kind: 'unknown' };
}

/** Go's print of a map of names to numbers: `builder:0 test:1`. */
function nameMap(body: string): ReadonlyMap<string, number> {
  const entries = [...body.matchAll(/(?<!\S)(\S+):(\d+)(?= |$)/g)];
  return new Map(entries.map((entry) => [entry[1] ?? '', Number(entry[2])]));
}

/** Go's print of a map of stages to paths: `0:[/out/ /x] 2:[/y]`. */
function fileMap(body: string): ReadonlyMap<number, readonly string[]> {
  const lists = body.split(']').slice(0, -1);
  const entries = lists.map((list) => /(?<!\d)(\d+):\[([^]*)$/.exec(list)).filter((entry) => entry !== null);
  return new Map(entries.map((entry) => [Number(entry[1]), (entry[2] ?? '').split(' ').filter(Boolean)]));
}

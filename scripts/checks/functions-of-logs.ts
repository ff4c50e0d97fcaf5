import { Readable } from 'node:stream';
import { initialRunState, reduceRun } from '../../packages/core/src/index.ts';
import { readEvents } from '../../apps/cli/src/replay/read-events.ts';
import { explainWithDetails, formatExplanation } from '../../packages/kaniko/src/index.ts';
import { createLogDecoder } from '../../packages/kaniko/src/decoder/decoder.ts';
import { registryCause } from '../../packages/kaniko/src/failures/registry-cause.ts';
import { createLogPosition } from '../../packages/kubernetes/src/pods/logs/log-position.ts';
import { createLogSplitter } from '../../packages/kubernetes/src/pods/logs/log-lines.ts';
import { explainWaiting } from '../../packages/kubernetes/src/explain/explain-waiting.ts';
import { createRedactor, hideByForm } from '../../packages/toolkit/src/secrets/index.ts';
import {
  oneLine,
  printable,
  printableOutput,
  safeJson,
  withoutCredentials,
} from '../../packages/toolkit/src/text/index.ts';
import { inPieces, many, nested, type ReadingFunction } from './reading-function.ts';

const start = 'INFO[0000] Retrieving image manifest alpine\n';
const running = `${start}INFO[0000] Building stage 'alpine' [idx: '0', base-idx: '-1']\nINFO[0000] RUN x\nINFO[0000] Running: [x]\n`;
const headers = [
  'INFO[0000] RUN ',
  '{"level":"info","msg":"',
  'time="2026-11-23T05:47:30Z" level=info msg="',
];
const ends = ['error building image: ', 'error pushing image: ', 'panic: '];
const stamp = '2026-11-23T05:47:30.123456789Z';
const prefixes: Readonly<Record<string, string>> = {
  kubectl: '[pod/build/kaniko] ',
  'container runtime': `${stamp} stdout F `,
  'cut by the container runtime': `${stamp} stdout P `,
  GitLab: `${stamp} 01O `,
  clock: '[10:00:01] kaniko-1  | ',
  quote: '> > | ',
};
const captured = Object.entries(prefixes).map(
  ([name, prefix]) =>
    [
      `captured: ${name}`,
      many((index) => `${prefix}${index % 7 === 0 ? 'INFO[0000] RUN' : 'line'} ${index}\n`),
    ] as const,
);
const dockerLines = many((index) => `{"log":"INFO[0000] RUN ${index}","stream":"stderr","time":"x"}\n`);

const secrets = [
  'a'.repeat(4_000),
  '='.repeat(900),
  ...Array.from({ length: 2_000 }, (_unused, index) => `aaaa${index}`),
];
const redactor = createRedactor();
redactor.hideWhole(secrets);

const event = (fields: object): string =>
  `${JSON.stringify({ v: 1, time: '2026-11-23T05:47:30Z', seq: 1, build: 'b', ...fields })}\n`;
const runStart = (builds: number): string =>
  event({
    type: 'run-start',
    run: 'r',
    cluster: { kind: 'kubeconfig', name: 'n', namespace: 'd' },
    isSimulated: false,
    builds: Array.from({ length: builds }, (_unused, index) => ({
      id: index === 0 ? 'b' : `b${index}`,
      name: 'n',
      context: '.',
      destinations: [],
    })),
  });

/** Readers of logs, of what servers say, and what hides and shows it. */
export const functionsOfLogs: readonly ReadingFunction[] = [
  {
    name: 'explain',
    read: (text) => formatExplanation(explainWithDetails(text)),
    beginnings: [
      '',
      ...headers,
      ...headers.map((header) => running + header),
      ...ends.map((end) => start + end),
    ],
    shapes: { ...Object.fromEntries(captured), 'captured: Docker': dockerLines },
  },
  {
    name: 'decoder, in small pieces',
    read(text) {
      const decoder = createLogDecoder();
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 512) decoder.push(bytes.subarray(at, at + 512));
      return decoder.end({});
    },
    beginnings: [running],
  },
  {
    name: 'lines of the log of a pod',
    read(text) {
      const position = createLogPosition();
      position.restart();
      const splitter = createLogSplitter({ line: (line) => position.isNew(line), remark: () => undefined });
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 512) splitter.write(bytes.subarray(at, at + 512));
      splitter.end();
    },
    beginnings: ['', `${stamp} `],
    shapes: { 'lines with times': many((index) => `${stamp} ${index}\n`) },
  },
  { name: 'registryCause', read: registryCause, beginnings: ['', 'GET https://'] },
  ...(
    [
      ['ErrImagePull', ['', 'rpc error: ', 'Failed to pull image "', 'init container ']],
      ['FailedMount', ['']],
      ['Unschedulable', ['', '0/3 nodes are available: ']],
    ] as const
  ).map(([reason, beginnings]) => ({
    name: `explainWaiting: ${reason}`,
    read: (message: string) => explainWaiting({ reason, message }, undefined),
    beginnings,
  })),
  {
    name: 'replay',
    async read(text) {
      let state = initialRunState;
      for await (const next of readEvents(
        '-',
        Readable.from(inPieces(Buffer.from(text)), { objectMode: false }),
      ))
        state = reduceRun(state, next);
    },
    beginnings: ['', `${runStart(1)}{"type":"output","text":"`],
    shapes: {
      'many builds': (length) => runStart(length / 64) + event({ type: 'output', text: 'a' }).repeat(20),
      'many lines': many((index) => event({ type: 'output', text: `line ${index}` }), runStart(1)),
      'many phases': many((index) => event({ type: 'phase-start', phase: `p${index}` }), runStart(1)),
      'many notices': many(
        (index) => event({ type: 'notice', level: 'info', code: `c${index}`, message: 'm' }),
        runStart(1),
      ),
      'many steps': many(
        (index) => event({ type: 'step-start', stage: 0, step: index, instruction: 'RUN' }),
        runStart(1),
      ),
      'many pushes': many((index) => event({ type: 'push-start', reference: `r${index}` }), runStart(1)),
      'many phases of the build': many(
        (index) => event({ type: 'build-phase', phase: `p${index}` }),
        runStart(1),
      ),
      'many steps of a large Dockerfile': (length) => {
        const steps = Array.from({ length: 2 }, (_unused, index) => ({
          index,
          keyword: 'RUN',
          instruction: 'RUN',
          line: 1,
        }));
        const stages = Array.from({ length: length / 256 }, (_unused, index) => ({
          index,
          base: 'a',
          isNeeded: true,
          steps,
        }));
        const step = (index: number): string =>
          event({ type: 'step-start', stage: index, step: 0, instruction: 'RUN' });
        return runStart(1) + event({ type: 'outline', stages }) + many(step)(length / 2);
      },
      'deep nesting': (length) => `${runStart(1)}${nested('{"a":', '1', '}')(length)}\n`,
    },
  },
  {
    name: 'hideByForm',
    read: hideByForm,
    beginnings: ['', 'https://', 'Authorization: ', '{"auth":"'],
    shapes: { 'many addresses': many((index) => `https://h/${index}?a=1&b=2 `) },
  },
  {
    name: 'redactor with secrets',
    read: (text) => redactor.text(text),
    beginnings: ['', 'aaaa'],
    shapes: { 'beginnings of secrets': many((index) => `aaaa${index}x`) },
  },
  {
    name: 'redactor that learns',
    read(text) {
      const own = createRedactor();
      own.hideWhole([text, ...text.split('\n')]);
      own.text(text);
    },
    shapes: {
      'many lines': many((index) => `line-${index * 7_919}-of-a-key\n`),
      'one long line': (length) => 'a1'.repeat(length / 2),
      'long lines that are the same': (length) => `${'a1'.repeat(500)}\n`.repeat(length / 1_001),
      'characters of several bytes': (length) => 'é'.repeat(length),
      'what is escaped': (length) => '"\\/&'.repeat(length / 4),
    },
  },
  { name: 'printable', read: printable, beginnings: [''] },
  { name: 'printableOutput', read: printableOutput, beginnings: [''] },
  { name: 'oneLine', read: oneLine, beginnings: [''] },
  { name: 'safeJson', read: (text) => safeJson({ text }, 2), beginnings: [''] },
  { name: 'withoutCredentials', read: withoutCredentials, beginnings: ['', 'https://', 'a@'] },
];

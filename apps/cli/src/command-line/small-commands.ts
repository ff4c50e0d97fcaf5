import type { Command } from './flag.ts';
import { progressFlags } from './progress-flags.ts';

/** `kanikit explain`. */
export const explainCommand = {
  name: 'explain',
  summary: 'Tell the story of a raw Kaniko log',
  args: { usage: 'LOG', doc: 'LOG is a file, or - for standard input.', min: 1, max: 1 },
  flags: {
    dockerfile: {
      type: 'string',
      value: 'FILE',
      doc: 'Dockerfile of the build: the map for stages and steps',
    },
    'exit-code': { type: 'number', value: 'N', doc: 'Exit code of the executor, where it is known' },
    json: { type: 'boolean', doc: 'Print one JSON object (schema kanikit.explain/1)' },
  },
  examples: [
    'kubectl logs kaniko | kanikit explain -',
    'kanikit explain build.log --dockerfile Dockerfile --json',
  ],
} as const satisfies Command;

/** `kanikit replay`. */
export const replayCommand = {
  name: 'replay',
  summary: 'Play a recorded run',
  args: {
    usage: 'EVENTS',
    doc: 'EVENTS is a file written by --record or --progress json, or - for standard input.',
    min: 1,
    max: 1,
  },
  flags: {
    speed: {
      type: 'string',
      value: 'N',
      doc: 'How many times faster than it was, e.g. 10 or 0.5; max plays without pauses (default: 1)',
    },
    ...progressFlags,
  },
  examples: [
    'kanikit build . -t example.com/app --record run.ndjson',
    'kanikit replay run.ndjson --speed 10',
  ],
} as const satisfies Command;

/** `kanikit sandbox`. */
export const sandboxCommand = {
  name: 'sandbox',
  summary: 'A cluster for this machine: start it, look at it, stop it',
  args: {
    usage: 'up|status|down|reset',
    doc: 'up starts the sandbox in the background, down stops it and keeps its data, reset stops it and deletes its data.',
    min: 1,
    max: 1,
  },
  notes: [
    'The sandbox needs Linux. Build on it with "kanikit build --sandbox", or with kubectl and its kubeconfig.',
    'Its registry wants a password: up and status print the folder that DOCKER_CONFIG or "docker --config" takes it from.',
  ],
  flags: {
    executor: {
      type: 'string',
      value: 'FILE',
      doc: 'Kaniko executor to run (default: found, pulled or built)',
    },
    simulate: {
      type: 'string',
      value: 'LOG',
      doc: 'Play this recorded Kaniko log instead of running an executor; every screen says so',
    },
    json: { type: 'boolean', doc: 'Print the state as JSON' },
  },
  examples: ['kanikit sandbox up', 'kanikit sandbox status --json'],
} as const satisfies Command;

/** `kanikit demo`. */
export const demoCommand = {
  name: 'demo',
  summary: 'Build the sample projects in the sandbox, with the real executor',
  notes: [
    'Starts the sandbox, gets a Kaniko executor (built from its Go module where nothing else works: two to three minutes, once) and leaves the sandbox running.',
  ],
  flags: {
    simulate: {
      type: 'boolean',
      doc: 'Play a recorded build instead of building: for machines where no executor can be had',
    },
    ...progressFlags,
  },
  examples: ['kanikit demo', 'kanikit demo --progress plain'],
} as const satisfies Command;

/** `kanikit version`. */
export const versionCommand = {
  name: 'version',
  summary: 'Print the version of kanikit',
  flags: {},
} as const satisfies Command;

/** `kanikit help`. */
export const helpCommand = {
  name: 'help',
  summary: 'Show help, for everything or for one command',
  args: { usage: '[COMMAND]', doc: 'COMMAND is the command to explain.', min: 0, max: 1 },
  flags: {},
} as const satisfies Command;

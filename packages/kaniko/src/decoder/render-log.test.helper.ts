/** A line of the executor, or a raw line of a program. */
export type Line = string | { readonly message: string; readonly level?: Level; readonly at?: number };
type Level = 'debug' | 'info' | 'warning' | 'error' | 'fatal';
export type RenderedFormat = 'text' | 'color' | 'color-timestamp' | 'json';

export const formats: readonly RenderedFormat[] = ['text', 'color', 'color-timestamp', 'json'];

const words = { debug: 'DEBU', info: 'INFO', warning: 'WARN', error: 'ERRO', fatal: 'FATA' };
const colors = { debug: 37, info: 36, warning: 33, error: 31, fatal: 31 };

export function line(message: string, at = 0): Line {
  return { message, at };
}

export function warning(message: string, at = 0): Line {
  return { message, at, level: 'warning' };
}

/** Writes a header as the executor's logger does. */
export function header(format: RenderedFormat, message: string, at = 0, level: Level = 'info'): string {
  const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + at * 1000).toISOString().replace('.000', '');
  switch (format) {
    case 'json':
      return goJson({ level, msg: message, time });
    case 'text':
      return `time="${time}" level=${level} msg=${quote(message)}`;
    default: {
      const stamp = format === 'color' ? String(at).padStart(4, '0') : time;
      return `\x1b[${colors[level]}m${words[level]}\x1b[0m[${stamp}] ${message.padEnd(44)} `;
    }
  }
}

export function render(format: RenderedFormat, lines: readonly Line[]): string {
  return lines
    .map((entry) =>
      typeof entry === 'string' ? entry : header(format, entry.message, entry.at, entry.level ?? 'info'),
    )
    .map((entry) => (entry.endsWith('\\') ? entry.slice(0, -1) : `${entry}\n`))
    .join('');
}

function goJson(value: object): string {
  const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return JSON.stringify(value).replaceAll(/[<>&]/g, (character) => escapes[character]!);
}

function quote(message: string): string {
  return /^[A-Za-z0-9\-._/@^+]+$/.test(message) ? message : JSON.stringify(message);
}

/** The lines of a build with one stage up to its first step. */
export function opening(base = 'alpine:3', unpackedFor = 'RUN make'): Line[] {
  return [
    line(`Retrieving image manifest ${base}`),
    line(`Retrieving image ${base} from registry index.docker.io`),
    line('Built cross stage deps: map[]'),
    line(`Retrieving image manifest ${base}`),
    line('Returning cached image manifest'),
    line('Executing 0 build triggers'),
    line(`Building stage '${base}' [idx: '0', base-idx: '-1']`),
    line(`Unpacking rootfs as cmd ${unpackedFor} requires it.`, 1),
  ];
}

/** A RUN from its instruction to its program's start. */
export function runStart(command: string, at = 2, isFirst = true): Line[] {
  return [
    line(`RUN ${command}`, at),
    ...(isFirst
      ? [line('Initializing snapshotter ...', at), line('Taking snapshot of full filesystem...', at)]
      : []),
    line('Cmd: /bin/sh', at),
    line(`Args: [-c ${command}]`, at),
    line(`Running: [/bin/sh -c ${command}]`, at),
  ];
}

export function runEnd(at = 3): Line {
  return line('Taking snapshot of full filesystem...', at);
}

export const digest: string = `sha256:${'ab'.repeat(32)}`;

export function pushed(destination = 'registry.test/team/app:1', at = 4): Line[] {
  const repository = destination.slice(0, destination.lastIndexOf(':'));
  return [line(`Pushing image to ${destination}`, at), line(`Pushed ${repository}@${digest}`, at)];
}

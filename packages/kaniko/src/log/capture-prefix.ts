/** What a tool that recorded the log put in front of a line. */
export interface CapturedLine {
  readonly text: string;
  /** Known where the recording says it (CRI log files). */
  readonly stream: 'stdout' | 'stderr' | undefined;
  /** True for a piece of a line that the container runtime has cut; the next piece follows. */
  readonly isPartial: boolean;
}

/** Takes one way of recording off a line; undefined when the line was not recorded so. */
export type CaptureStyle = (line: string) => CapturedLine | undefined;

const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)`;
const cri = new RegExp(`^${stamp} (stdout|stderr) ([FP])(?: |$)`);
const gitlab = new RegExp(`^${stamp} \\d\\d([OE])([ +])`);
const stamped = new RegExp(`^(?:\\[${stamp}\\]|${stamp})(?: |$)`);
const clock = /^(?:\[\d\d:\d\d:\d\d(?:\.\d+)?\]|\d\d:\d\d:\d\d(?:\.\d+)?) +/;
const kubectlPrefix = /^\[pod\/[^\]]+\] /;
/** `gh run view --log`: job, step and stamp; each step begins with a byte order mark. */
const github = new RegExp(`^[^\\t]{1,300}\\t[^\\t]{1,300}\\t\\ufeff?${stamp} `);
/** Their letter, or word, tells standard error from standard output. */
const teamCity = /^\[\d\d:\d\d:\d\d\][ a-zA-Z]:\t? *(?:\[Step \d+\/\d+\] )?/;
const bamboo = /^(?:build|error|simple|command)\t\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\t/;

const styles: readonly CaptureStyle[] = [
  (line) => {
    const match = cri.exec(line);
    if (!match) return undefined;
    return whole(line.slice(match[0].length), match[1] as 'stdout' | 'stderr', match[2] === 'P');
  },
  startingWith(gitlab),
  (line) => {
    const prefix = kubectlPrefix.exec(line)?.[0];
    if (prefix === undefined) return undefined;
    const rest = line.slice(prefix.length);
    return whole(rest.slice(stamped.exec(rest)?.[0].length ?? 0));
  },
  ...[stamped, clock, github, teamCity, bamboo].map((prefix) => startingWith(prefix)),
  dockerJson,
];

function startingWith(prefix: RegExp): CaptureStyle {
  return (line) => {
    const match = prefix.exec(line);
    return match ? whole(line.slice(match[0].length)) : undefined;
  };
}

/** A log file of Docker: `{"log":"a line\n","stream":"stderr","time":"…"}`. */
function dockerJson(line: string): CapturedLine | undefined {
  if (!line.startsWith('{"log":"')) return undefined;
  try {
    const { log, stream } = JSON.parse(line) as { readonly log?: unknown; readonly stream?: unknown };
    if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr')) return undefined;
    return whole(log.replace(/\r?\n$/, ''), stream, !log.endsWith('\n'));
  } catch {
    // Another program's line that begins like one of Docker.
    return undefined;
  }
}

/** The style a line seems to be recorded in. */
export function findCaptureStyle(line: string): CaptureStyle | undefined {
  return styles.find((style) => style(line) !== undefined);
}

/** What stands in front of every line, as in front of this one: numbers may differ (`[10:00:01] kaniko-1 | `), and the blanks that align the first. */
export function prefixLike(prefix: string): CaptureStyle {
  const escaped = prefix
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\d+/g, String.raw`\d+`)
    .replace(/^ *(?=\\d)/, ' {0,20}');
  const pattern = new RegExp(`^${escaped}`);
  // Editors and mail programs take the blanks off the end of an empty line.
  const bare = new RegExp(`^${escaped.trimEnd()}$`);
  return (line) => {
    const found = pattern.exec(line)?.[0];
    if (found !== undefined) return whole(line.slice(found.length));
    return bare.test(line) ? whole('') : undefined;
  };
}

/** One way of recording inside of another. */
export function within(outer: CaptureStyle, inner: CaptureStyle): CaptureStyle {
  return (line) => {
    const captured = outer(line);
    const rest = captured && inner(captured.text);
    return rest ? { ...captured, text: rest.text } : captured;
  };
}

const stampToken = /\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?:?/y;
/** Blanks, quotes of mail and Markdown, colours, `[build-and-push]`, times, `kaniko-1  |`, numbers of lines with their file, names of a machine and a process. */
const machineTokens: readonly RegExp[] = [
  /\s+/y,
  /[>|│]/y,
  /\x1b\[[\d;]{0,9}m/y,
  /\x1b_bk;t=\d{1,15}\x07/y,
  stampToken,
  /\[[^\]]{1,100}\]:?/y,
  /\(?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\)?/y,
  /[\w./:@-]{1,100} *\|/y,
  /Step #\d+(?: - "[^"]{0,100}")?:/y,
  /(?:[\w./+-]{1,100}:)?\d{1,15}(?::|[.)]?(?=\s|$))/y,
  /(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?[\w.-]{1,100} [\w./@-]{1,100}\[\d{1,9}\]:/y,
];
const words = /^[\w./:-]+(?: [\w./:-]+)? +$/;
const longestPrefix = 160;

/** True for text that can stand in front of every line of a recording, and is not likely to be a program's output. */
export function looksLikePrefix(text: string): boolean {
  return isMachinePrefix(text) || (text.length <= longestPrefix && words.test(text));
}

/** True for text that no program writes in front of its own words: marks, times, names in brackets. */
export function isMachinePrefix(text: string): boolean {
  if (text === '' || text.length > longestPrefix) return false;
  let at = 0;
  while (at < text.length) {
    const next = machineTokens.map((token) => endOf(token, text, at)).find((end) => end > at);
    if (next === undefined) return false;
    at = next;
  }
  return true;
}

function endOf(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.exec(text) === null ? at : token.lastIndex;
}

function whole(text: string, stream?: 'stdout' | 'stderr', isPartial = false): CapturedLine {
  return { text, stream, isPartial };
}

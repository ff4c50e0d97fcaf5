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

const styles: readonly CaptureStyle[] = [
  (line) => {
    const match = cri.exec(line);
    if (!match) return undefined;
    return whole(line.slice(match[0].length), match[1] as 'stdout' | 'stderr', match[2] === 'P');
  },
  (line) => {
    const match = gitlab.exec(line);
    return match ? whole(line.slice(match[0].length)) : undefined;
  },
  (line) => {
    const prefix = kubectlPrefix.exec(line)?.[0];
    if (prefix === undefined) return undefined;
    const rest = line.slice(prefix.length);
    return whole(rest.slice(stamped.exec(rest)?.[0].length ?? 0));
  },
  (line) => {
    const match = stamped.exec(line);
    return match ? whole(line.slice(match[0].length)) : undefined;
  },
  (line) => {
    const match = clock.exec(line);
    return match ? whole(line.slice(match[0].length)) : undefined;
  },
];

/** The style a line seems to be recorded in. */
export function findCaptureStyle(line: string): CaptureStyle | undefined {
  return styles.find((style) => style(line) !== undefined);
}

/** A fixed text in front of every line, such as the `pod container ` of log viewers. */
export function fixedPrefix(prefix: string): CaptureStyle {
  return (line) => (line.startsWith(prefix) ? whole(line.slice(prefix.length)) : undefined);
}

const viewer = /^(?: +|\[[^\]]+\] +|Step #\d+(?: - "[^"]*")?: +|[\w./:-]+(?: [\w./:-]+)? +(?:\| +)?)$/;

/** True for text that can stand in front of every line of a recording, and is not likely to be a program's output. */
export function looksLikePrefix(text: string): boolean {
  return text.length <= 160 && viewer.test(text);
}

function whole(text: string, stream?: 'stdout' | 'stderr', isPartial = false): CapturedLine {
  return { text, stream, isPartial };
}

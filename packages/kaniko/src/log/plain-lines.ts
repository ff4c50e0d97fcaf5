/** Progress of the Git server that go-git passes on, from `Enumerating objects` to `Total`. */
const git =
  /^(?:remote: )?(?:(?:Enumerating|Counting|Compressing|Receiving|Resolving|Finding|Writing) (?:objects|deltas|sources)\b|Total \d+ \(delta \d+\)|From (?:https?|git):\/\/)/;
/** `klog` lines of linked cloud libraries, and Go's own logger: of old releases, and of the fork's telemetry. */
const library =
  /^(?:[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+\.go:\d+\] |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:No matching credentials were found|existing (?:blob|manifest)|pushed blob|mounted blob|retrying without mount|Unable to (?:determine config dir|parse|read)|\S+: digest: sha256:[0-9a-f]{64} size: \d+$|error |aws |WARN|Using |(?:traces export|OTLP partial success): ))/;
/** 0.9.x: the only line that says what was pushed. */
const oldDigest = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (\S+): digest: (sha256:[0-9a-f]{64}) size: \d+$/;
const version = /^Kaniko version : +v?(\d+\.\d+\.\d+\S*)/;
const planStart = /^(?:SAVE CONTEXT|FROM \S+(?: AS \S+)?)$/;
const planLine =
  /^(?: {2}[A-Z].*|(?:FROM|SAVE|RUN|COPY|ADD|WORKDIR|ENV|ARG|LABEL|EXPOSE|USER|VOLUME|ENTRYPOINT|CMD|SHELL|HEALTHCHECK|STOPSIGNAL|ONBUILD|PUSH)\b.*|CLEAN|)$/i;
/** What continuous integration systems add around the log of a job. */
const frame =
  /^(?:section_(?:start|end):\d+:|Cleaning up (?:project directory|file based variables)|ERROR: Job failed|Job succeeded|Uploading artifacts|WARNING: (?:Failed to|Job)|\[Pipeline\]|Finished: [A-Z]+$|script returned exit code |ERROR: script returned|command terminated with (?:non-zero )?exit code|Running after.script|##\[\w+\]|::\w+)/;

export function isGitProgress(line: string): boolean {
  return git.test(line);
}

export function isLibraryLine(line: string): boolean {
  const first = line.charCodeAt(0);
  return (
    ((first >= 48 && first <= 57) || first === 69 || first === 87 || first === 73 || first === 70) &&
    library.test(line)
  );
}

const telemetry = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:traces export|OTLP partial success): /;

/** Where in a line the executor says that it could not export its spans; -1 when it does not. */
export function telemetryAt(line: string): number {
  return line.search(telemetry);
}

export function readOldDigest(line: string): { reference: string; digest: string } | undefined {
  const match = oldDigest.exec(line);
  return match ? { reference: match[1]!, digest: match[2]! } : undefined;
}

export function readVersion(line: string): string | undefined {
  return version.exec(line)?.[1];
}

export function isPlanStart(line: string): boolean {
  return planStart.test(line);
}

export function isPlanLine(line: string): boolean {
  return planLine.test(line);
}

/** True for a line of the system around the build: neither the executor's nor a program's. */
export function isFrameLine(line: string): boolean {
  return frame.test(line.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, ''));
}

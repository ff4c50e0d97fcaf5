import { type Line, line, opening, runEnd, runStart } from '../log/render-log.test.helper.ts';
import { registryCases } from './registry-cases.test.helper.ts';

export const build: string = 'error building image: ';
export const stage: string = `${build}error building stage: `;
const check =
  'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "r.test/a:1": ';
const forkCheck = 'error checking push permissions: checking push permission for "r.test/a:1": ';
const push = 'error pushing image: failed to push to destination r.test/a:1: ';
const source = 'Error: error resolving source context: ';
const pull =
  'unable to complete operation after 0 attempts, last error: GET https://r.test/v2/base/manifests/1: ';

export const ran: Line[] = [...opening(), ...runStart('make'), 'some output', runEnd()];
export const running: Line[] = [...opening(), ...runStart('make'), 'some output'];
export const copying: Line[] = [...opening('alpine', 'COPY a /a'), line('COPY a /a', 1)];
export const pushing: Line[] = [...ran, line('Pushing image to r.test/a:1', 4)];
const usage = ['Usage:', '  executor [flags]', '', 'Flags:', '      --cache   Use cache', ''];

/** Last words of the executor, and what they mean. */
export interface FailureCase {
  readonly code: string;
  readonly last: string;
  readonly before?: readonly Line[];
  readonly exitCode?: number;
  readonly step?: string;
}

export const failureCases: readonly FailureCase[] = [
  {
    code: 'container-not-detected',
    last: 'kaniko should only be run inside of a container, run with the --force flag if you are sure you want to continue',
  },
  { code: 'flag-unknown', last: `Error: unknown flag: --x\n${usage.join('\n')}` },
  { code: 'flag-unknown', last: "Error: unknown shorthand flag: 'x' in -x" },
  { code: 'flag-invalid', last: 'Error: invalid argument "x" for "--compression" flag: no' },
  { code: 'flag-invalid', last: 'Error: flag needs an argument: --destination' },
  { code: 'flag-invalid', last: 'Error: parsing log level: not a valid logrus Level: "x"' },
  {
    code: 'flag-invalid',
    last: 'Error: --compression=zstd cannot be used with --tar-path, the Docker schema2 tarball has no zstd layer media type, use --oci-layout-path for zstd layers',
  },
  { code: 'flag-invalid', last: `${build}labels must be of the form key=value, got x` },
  { code: 'flag-invalid', last: `${build}x is not a valid snapshot mode` },
  { code: 'destination-missing', last: 'Error: you must provide --destination, or use --no-push' },
  {
    code: 'destination-missing',
    last: 'Error: You must provide --destination if setting ImageNameDigestFile',
  },
  {
    code: 'cache-repository-unknown',
    last: 'Error: cache flags invalid: if using cache with --no-push, specify cache repo with --cache-repo',
  },
  {
    code: 'secret-missing',
    last: 'Error: error resolving secrets: environment variable for secret "x" not set: X',
  },
  {
    code: 'context-missing',
    last: `${source}please specify a path to the build context with the --context flag or a bucket with the --bucket flag`,
  },
  {
    code: 'context-scheme-unknown',
    last: `${source}unknown build context prefix provided, please use one of the following: gs://, dir://`,
  },
  {
    code: 'context-stdin-missing',
    last: `${source}no data found.. don't forget to add the '--interactive, -i' flag`,
  },
  {
    code: 'context-broken-off',
    last: `${source}Get "https://bucket.example.com/c.tar.gz?X-Amz-Signature=1": EOF`,
  },
  { code: 'context-broken-off', last: `${source}HTTPSTar bad status from server: 503 Slow Down` },
  {
    code: 'context-broken-off',
    last: `${source}read tcp 10.0.0.1:4->10.0.0.2:443: connection reset by peer`,
  },
  { code: 'context-archive-invalid', last: `${source}gzip: invalid checksum` },
  { code: 'context-archive-invalid', last: `${source}gzip: invalid header` },
  { code: 'context-archive-invalid', last: `${source}archive/tar: invalid tar header` },
  { code: 'context-archive-invalid', last: `${source}EOF` },
  { code: 'context-git-reference-unknown', last: `${source}reference not found` },
  { code: 'context-git-reference-unknown', last: `${source}server does not support exact SHA1 refspec` },
  { code: 'context-denied', last: `${source}authentication required: Repository not found.` },
  { code: 'context-denied', last: `${source}AZURE_STORAGE_ACCESS_KEY environment variable is not set` },
  { code: 'context-unreadable', last: `${source}HTTPSTar bad status from server: 404` },
  {
    code: 'dockerfile-missing',
    last: 'Error: error resolving dockerfile path: please provide a valid path to a Dockerfile within the build context with --dockerfile',
  },
  {
    code: 'executor-not-root',
    last: 'Error: error resolving dockerfile path: copying dockerfile: chown /kaniko/Dockerfile: operation not permitted',
  },
  {
    code: 'dockerfile-invalid',
    last: `${build}parsing dockerfile: dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)`,
  },
  { code: 'target-unknown', last: `${build}Error finding target stage: x is not a valid target build stage` },
  {
    code: 'target-unknown',
    last: `${build}error finding target stage: "x" is not a valid target build stage`,
  },
  {
    code: 'push-denied',
    last: `${check}POST https://r.test/v2/a/blobs/uploads/: UNAUTHORIZED: authentication required; [map[Action:pull]]`,
  },
  {
    code: 'push-denied',
    last: `${forkCheck}POST https://r.test/v2/a/blobs/uploads/: unexpected status code 403 Forbidden`,
  },
  {
    code: 'push-denied',
    last: `${push}PUT https://r.test/v2/a/manifests/1: UNAUTHORIZED: token expired`,
    before: pushing,
  },
  {
    code: 'repository-missing',
    last: `${check}POST https://r.test/v2/a/blobs/uploads/: NAME_UNKNOWN: The repository with name 'a' does not exist`,
  },
  {
    code: 'destination-invalid',
    last: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: getting tag for destination: repository can only contain the characters `abc`: A',
  },
  {
    code: 'registry-unreachable',
    last: `${check}creating push check transport for r.test failed: Get "https://r.test/v2/": dial tcp: lookup r.test on 10.0.0.1:53: no such host`,
  },
  {
    code: 'registry-certificate-unknown',
    last: `${check}creating push check transport for r.test failed: Get "https://r.test/v2/": x509: certificate signed by unknown authority`,
  },
  {
    code: 'registry-plain-http',
    last: `${check}creating push check transport for r.test failed: Get "https://r.test/v2/": http: server gave HTTP response to HTTPS client`,
  },
  ...[
    { code: 'registry-unreachable', reason: 'context deadline exceeded (Client.Timeout exceeded)' },
    { code: 'registry-unreachable', reason: 'dial tcp 10.0.0.1:5000: i/o timeout' },
    { code: 'push-interrupted', reason: 'EOF' },
  ].map(({ code, reason }) => ({
    code,
    last: `${push}Get "https://10.0.0.1:5000/v2/": http: server gave HTTP response to HTTPS client; Get "http://10.0.0.1:5000/v2/": ${reason}`,
    before: pushing,
  })),
  { code: 'push-check-failed', last: `${forkCheck}something new` },
  { code: 'base-image-missing', last: `${build}${pull}MANIFEST_UNKNOWN: manifest unknown; map[Tag:1]` },
  {
    code: 'base-image-missing',
    last: `${build}GET https://r.test/v2/base/manifests/1: MANIFEST_UNKNOWN: manifest unknown`,
  },
  {
    code: 'base-image-denied',
    last: `${build}${pull}UNAUTHORIZED: authentication required; [map[Action:pull]]`,
  },
  {
    code: 'base-image-rate-limited',
    last: `${build}${pull}TOOMANYREQUESTS: You have reached your pull rate limit.`,
  },
  { code: 'base-image-unavailable', last: `${build}${pull}unexpected status code 503 Service Unavailable` },
  {
    code: 'base-image-not-mirrored',
    last: `${build}image not found on any configured mapped registries for alpine`,
  },
  { code: 'base-image-platform-missing', last: `${build}no child with platform linux/arm64 in index alpine` },
  {
    code: 'registry-unreachable',
    last: `${build}${pull.replace('GET', 'Get')}dial tcp 10.0.0.1:443: i/o timeout`,
  },
  {
    code: 'base-image-interrupted',
    last: `${stage}failed to get filesystem from image: stream error: stream ID 3; INTERNAL_ERROR; received from peer`,
    before: opening(),
  },
  {
    code: 'base-image-interrupted',
    last: `${stage}failed to get filesystem from image: unexpected EOF`,
    before: opening(),
  },
  {
    code: 'ownership-denied',
    last: `${stage}failed to get filesystem from image: chown /srv/a: operation not permitted`,
    before: opening(),
  },
  {
    code: 'ownership-denied',
    last: `${stage}failed to get filesystem from image: lchown /srv/a: invalid argument`,
    before: opening(),
  },
  {
    code: 'capability-attribute-denied',
    last: `${stage}failed to get filesystem from image: failed to write "security.capability" attribute to "/bin/ping": operation not permitted`,
    before: opening(),
  },
  {
    code: 'path-mounted',
    last: `${stage}failed to get filesystem from image: error removing var/run to make way for new link.: unlinkat //var/run/secrets: device or resource busy`,
    before: opening(),
  },
  {
    code: 'path-mounted',
    last: `${build}deleting file system after stage 0: unlinkat //product_uuid: device or resource busy`,
    before: [...ran, line('Deleting filesystem...', 4)],
  },
  {
    code: 'run-failed',
    last: `${stage}failed to execute command: waiting for process to exit: exit status 7`,
    before: running,
    exitCode: 7,
    step: 'RUN make',
  },
  {
    code: 'run-failed',
    last: `${stage}failed to execute command: waiting for process to exit: exit status 127`,
    before: running,
    exitCode: 127,
    step: 'RUN make',
  },
  {
    code: 'run-killed',
    last: `${stage}failed to execute command: waiting for process to exit: signal: killed`,
    before: running,
    exitCode: 255,
    step: 'RUN make',
  },
  {
    code: 'disk-full',
    last: `${stage}failed to execute command: waiting for process to exit: exit status 1`,
    before: [...running, 'cp: write error: No space left on device'],
    step: 'RUN make',
  },
  {
    code: 'disk-full',
    last: `${stage}failed to take snapshot: write /kaniko/123: no space left on device`,
    before: ran,
    step: 'RUN make',
  },
  {
    code: 'run-shell-missing',
    last: `${stage}failed to execute command: starting command: fork/exec /bin/sh: no such file or directory`,
    before: running.slice(0, -1),
    step: 'RUN make',
  },
  {
    code: 'run-wrong-architecture',
    last: `${stage}failed to execute command: starting command: fork/exec /bin/sh: exec format error`,
    before: running.slice(0, -1),
    step: 'RUN make',
  },
  {
    code: 'run-not-startable',
    last: `${stage}failed to execute command: starting command: fork/exec /x: permission denied`,
    before: running.slice(0, -1),
    step: 'RUN make',
  },
  {
    code: 'user-unknown',
    last: `${stage}failed to execute command: credentials: get uid/gid: user app is not a uid and does not exist on the system`,
    before: running.slice(0, -2),
    step: 'RUN make',
  },
  {
    code: 'user-unknown',
    last: `${stage}failed to execute command: getting user group from chown: getting uid: user app is not a uid and does not exist on the system`,
    before: copying,
    step: 'COPY a /a',
  },
  {
    code: 'source-missing',
    last: `${stage}failed to get files used from context: failed to get fileinfo for /workspace/a: lstat /workspace/a: no such file or directory`,
    before: opening('alpine', 'COPY a /a'),
    step: 'COPY a /a',
  },
  {
    code: 'source-missing',
    last: `${build}failed to optimize instructions: failed to get files used from context: failed to get fileinfo for /workspace/a: lstat /workspace/a: no such file or directory`,
    before: opening('alpine', 'COPY a /a').slice(0, -1),
  },
  {
    code: 'source-missing',
    last: `${stage}failed to execute command: copy failed: no source files specified`,
    before: copying,
    step: 'COPY a /a',
  },
  {
    code: 'heredoc-unsupported',
    last: `${stage}failed to get files used from context: resolved envs is empty`,
    before: ran,
  },
  {
    code: 'executor-overwritten',
    last: `${stage}failed to execute command: copying file: creating file: open /kaniko/executor: text file busy`,
    before: copying,
    step: 'COPY a /a',
  },
  {
    code: 'file-name-too-long',
    last: `${stage}failed to execute command: copying dir: open /kaniko/0/kaniko/0/x: file name too long`,
    before: copying,
    step: 'COPY a /a',
  },
  {
    code: 'copy-destination-not-directory',
    last: `${build}when specifying multiple sources in a COPY command, destination must be a directory and end in '/'`,
  },
  {
    code: 'executor-out-of-memory',
    last: 'fatal error: runtime: out of memory\n\nruntime stack:\nruntime.throw({0x1a, 0x2b})\n\t/usr/local/go/src/runtime/panic.go:992 +0x71',
    before: ran,
    exitCode: 2,
  },
  {
    code: 'executor-crashed',
    last: 'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\ngithub.com/GoogleContainerTools/kaniko/pkg/cache.Destination(0x2)\n\t/go/src/github.com/GoogleContainerTools/kaniko/pkg/cache/cache.go:62 +0x43f',
    before: ran,
    exitCode: 2,
  },
  {
    code: 'executor-crashed',
    last: 'panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\ngithub.com/GoogleContainerTools/kaniko/pkg/commands.(*RunCommand)',
    before: running,
    exitCode: 2,
  },
  {
    code: 'push-too-large',
    last: `${push}PATCH https://r.test/v2/a/blobs/uploads/x: unexpected status code 413 Request Entity Too Large: <html>\n<head><title>413</title></head>\n<body>\n</body>\n</html>\n`,
    before: pushing,
  },
  {
    code: 'push-too-large',
    last: `${push}PATCH http://r.test/v2/a/blobs/uploads/x: UNKNOWN: request entity too large`,
    before: pushing,
  },
  {
    code: 'push-rejected',
    last: `${push}PUT https://r.test/v2/a/manifests/1: MANIFEST_INVALID: manifest invalid`,
    before: pushing,
  },
  {
    code: 'push-tag-immutable',
    last: `${push}PUT https://r.test/v2/a/manifests/1: TAG_INVALID: The image tag '1' already exists and cannot be overwritten because the tag is immutable.`,
    before: pushing,
  },
  {
    code: 'repository-missing',
    last: `${push}POST https://r.test/v2/a/blobs/uploads/: NAME_UNKNOWN: The repository with name 'a' does not exist in the registry`,
    before: pushing,
  },
  {
    code: 'push-rate-limited',
    last: `${push}PUT https://r.test/v2/a/manifests/1: TOOMANYREQUESTS: slow down`,
    before: pushing,
  },
  {
    code: 'push-unavailable',
    last: `${push}PUT https://r.test/v2/a/manifests/1: unexpected status code 502 Bad Gateway: <html>`,
    before: pushing,
  },
  {
    code: 'push-interrupted',
    last: `${push}Patch "https://r.test/v2/a/blobs/uploads/x": write tcp 10.0.0.2: connection reset by peer`,
    before: pushing,
  },
  { code: 'push-failed', last: `${push}something new`, before: pushing },
  { code: 'build-failed', last: `${stage}something new`, before: copying, step: 'COPY a /a' },
  {
    code: 'run-killed',
    last: `${stage}failed to execute command: waiting for process to exit: exit status 137`,
    before: running,
    exitCode: 137,
    step: 'RUN make',
  },
  {
    code: 'secret-missing',
    last: `${stage}failed to execute command: secret not defined: token`,
    before: running.slice(0, -1),
    step: 'RUN make',
  },
  {
    code: 'tini-missing',
    last: `${stage}failed to execute command: starting command: fork/exec /kaniko/tini: no such file or directory`,
    before: running.slice(0, -1),
    step: 'RUN make',
  },
  ...registryCases,
];

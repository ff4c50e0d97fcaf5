import { line, opening } from '../decoder/render-log.test.helper.ts';
import {
  type FailureCase,
  build,
  stage,
  check,
  forkCheck,
  push,
  source,
  pull,
  ran,
  pushing,
  usage,
} from './last-words.test.helper.ts';
import { registryCases } from './registry-cases.test.helper.ts';
import { stepCases } from './step-cases.test.helper.ts';

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
  ...stepCases,
  ...registryCases,
];

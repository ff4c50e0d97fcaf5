import { entry, type FailureEntry } from './failure-entry.ts';

const denied =
  /UNAUTHORIZED|DENIED|unauthorized|authentication required|\b40[13]\b|access forbidden|no basic auth credentials/;
const limited = /TOOMANYREQUESTS|status code 429|pull rate limit/;
const unreachable =
  /connection refused|no such host|i\/o timeout|network is unreachable|no route to host|TLS handshake timeout|server misbehaving|context deadline exceeded|Temporary failure in name resolution/;
const broken =
  /unexpected EOF|: EOF$|stream error: |INTERNAL_ERROR|connection reset by peer|broken pipe|GOAWAY|connection lost|http2: /m;
const unavailable =
  /status code 5\d\d|\b50[0234]\b (?:Internal|Bad|Service|Gateway)|UNAVAILABLE|internal server error/i;

/** Registries that may speak plain http are asked once more without TLS; what came of that, in the same line, is then the reason. */
const plainHttp = /server gave HTTP response to HTTPS client(?!.*; (?:GET|HEAD|POST|Get|Head|Post) "?http:)/;

/** Tried first, whatever was being done with the registry. */
export const connectionFailures: readonly FailureEntry[] = [
  entry(
    'registry-plain-http',
    plainHttp,
    'The registry speaks plain http.',
    'Allow it for this registry with --insecure-registry.',
  ),
  entry(
    'registry-certificate-unknown',
    /x509: |certificate (?:signed by unknown authority|has expired|is not trusted)/,
    'The certificate of the registry is not trusted.',
    'Give its authority with --registry-certificate, or mount it into /kaniko/ssl/certs.',
  ),
  entry(
    'registry-unreachable',
    unreachable,
    'No connection to the registry.',
    'Check the host name, the network policy, DNS and proxies of the pod.',
    true,
  ),
];

/** The check before the build and the push after it. */
export const pushFailures: readonly FailureEntry[] = [
  entry(
    'destination-invalid',
    /getting tag for destination|could not parse reference|repository can only contain|tag can only contain/,
    'The destination is no valid image reference.',
    'Write it as registry/repository:tag, in lower case.',
  ),
  entry(
    'push-tag-immutable',
    /TAG_INVALID|immutable/i,
    'The tag exists, and the registry does not let it be overwritten.',
    'Push another tag, or pass --push-ignore-immutable-tag-errors.',
  ),
  entry(
    'repository-missing',
    /NAME_UNKNOWN|repository .*(?:does not exist|not found)/i,
    'The registry does not have the repository and does not make it by itself.',
    'Create the repository first, for the layer cache, too.',
  ),
  entry(
    'push-too-large',
    /\b413\b|request entity too large/i,
    'A proxy in front of the registry refuses uploads of this size.',
    'Raise the body limit of the proxy: the executor sends each layer in one piece.',
  ),
  entry(
    'push-rate-limited',
    limited,
    'The registry limits how often this client may ask.',
    'Wait, use credentials with a higher limit, or let the executor try again with --push-retry.',
    true,
  ),
  entry(
    'push-denied',
    denied,
    'The registry does not let these credentials push there.',
    'Check the credentials, their right to push, and the name of the repository; tokens that live shorter than the build expire before the push.',
  ),
  entry(
    'push-rejected',
    /MANIFEST_INVALID|MANIFEST_BLOB_UNKNOWN|BLOB_UNKNOWN|BLOB_UPLOAD_INVALID|DIGEST_INVALID|UNSUPPORTED|MANIFEST_UNVERIFIED/,
    'The registry does not take the image: it does not know the media type, or a proxy lost parts of it.',
    'Try another image format (fork: --image-format), or push to the registry without the proxy.',
  ),
  entry(
    'push-unavailable',
    unavailable,
    'The registry failed to answer the push.',
    'Try again; --push-retry lets the executor do so by itself.',
    true,
  ),
  entry(
    'push-interrupted',
    broken,
    'The connection to the registry broke during the push.',
    'Try again; --push-retry lets the executor do so by itself.',
    true,
  ),
];

export const checkFallback: FailureEntry = entry(
  'push-check-failed',
  undefined,
  'The executor could not make sure that it may push to the destination.',
  'Read the answer of the registry in the message; --skip-push-permission-check skips the check.',
);

export const pushFallback: FailureEntry = entry(
  'push-failed',
  undefined,
  'The image was built, but not pushed.',
  'Read the answer of the registry in the message.',
);

/** Getting base images. */
export const baseImageFailures: readonly FailureEntry[] = [
  entry(
    'base-image-not-mirrored',
    /image not found on any configured mapped registries/,
    'None of the mirrors has the base image, and the original registry must not be asked.',
    'Bring the image to a mirror, or allow the fallback to the original registry.',
  ),
  entry(
    'base-image-platform-missing',
    /no child with platform|no matching manifest for/,
    'The base image does not exist for this platform.',
    'Use a base image that has the platform, or another --custom-platform.',
  ),
  entry(
    'base-image-rate-limited',
    limited,
    'The registry limits how often images may be pulled.',
    'Give credentials for the registry, use a mirror, or let the executor try again with --image-download-retry.',
    true,
  ),
  entry(
    'base-image-missing',
    /MANIFEST_UNKNOWN|NAME_UNKNOWN|NOT_FOUND|status code 404|manifest unknown/,
    'The registry does not have the base image.',
    'Check its name and tag.',
  ),
  entry(
    'base-image-denied',
    denied,
    'The registry does not let the executor pull the base image, or does not have it (Docker Hub answers both alike).',
    'Give credentials for the registry, and check the name.',
  ),
  entry(
    'base-image-unavailable',
    unavailable,
    'The registry failed to answer the pull.',
    'Try again; --image-download-retry lets the executor do so by itself.',
    true,
  ),
  entry(
    'base-image-interrupted',
    broken,
    'The download of the base image broke.',
    'Try again with --image-fs-extract-retry; the fork can do without HTTP/2 (FF_KANIKO_DISABLE_HTTP2=1).',
    true,
  ),
];

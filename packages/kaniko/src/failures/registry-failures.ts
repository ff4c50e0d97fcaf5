import type { FailureCode } from '@kanikit/spec';
import { certificateWords, type CertificateTrouble } from '@kanikit/toolkit/go-errors';
import { entry, type FailureEntry } from './failure-entry.ts';

/** Patterns of this file are for what `registryCause` makes of the executor's last words: no names are in it. */
const answer = (codes: string, statuses: string, phrases?: string): RegExp =>
  new RegExp(
    `^answer (?:(?:${codes}) -|- (?:${statuses})): ${phrases === undefined ? '' : `|^answer [^:]*: [^]*(?:${phrases})`}`,
  );

const denied = answer(
  'UNAUTHORIZED|DENIED|FORBIDDEN|AUTHORIZATION_REQUIRED|ERR_ACCESS_DENIED',
  '40[13]',
  'authentication required|access forbidden|no basic auth credentials|access is denied|unauthorized: ',
);
const limited = answer('TOOMANYREQUESTS|TOO_MANY_REQUESTS', '429', 'pull rate limit|rate exceeded');
const unavailable = answer(
  'UNAVAILABLE|INTERNAL_ERROR|INTERNAL_SERVER_ERROR|INTERNAL|SERVICE_UNAVAILABLE',
  '5\\d\\d',
  'internal server error|service unavailable|bad gateway|gateway time-?out',
);

/** Harbor, GitLab, Quay, ECR, ACR, Artifactory, DigitalOcean and storage behind registries: all have general codes, mostly DENIED. */
const quota =
  'quota (?:has been |is |was )?(?:exceeded|reached|full|used up)|exceed(?:s|ed|ing)? (?:[a-z]+ ){0,6}(?:quota|storage limit)|over (?:the )?quota|configured upper limit|exceed the configured|insufficient (?:storage|quota)|storage (?:limit|quota)|maximum (?:allowed )?number of (?:images|repositories|tags)|(?:repositories|images|tags), limit is|size limit (?:exceeded|reached)|disk quota|no space left on device|limitexceeded';

const certificateCodes: Readonly<Record<CertificateTrouble, FailureCode>> = {
  unknown: 'registry-certificate-unknown',
  expired: 'registry-certificate-expired',
  'not-yet-valid': 'registry-certificate-not-yet-valid',
  'wrong-name': 'registry-certificate-wrong-name',
  'wrong-address': 'registry-certificate-wrong-address',
  'without-names': 'registry-certificate-without-names',
  'not-authority': 'registry-certificate-not-authority',
  'chain-too-long': 'registry-certificate-chain-too-long',
  'wrong-usage': 'registry-certificate-wrong-usage',
  'name-forbidden': 'registry-certificate-name-forbidden',
  weak: 'registry-certificate-weak',
  malformed: 'registry-certificate-malformed',
};

const certificateFailures: readonly FailureEntry[] = Object.entries(certificateCodes).map(
  ([trouble, code]) => {
    const { meaning, remedy } = certificateWords[trouble as CertificateTrouble];
    const own =
      'Give its authority with --registry-certificate in `executorArgs`, or mount it into /kaniko/ssl/certs.';
    return entry(
      code,
      new RegExp(`^certificate ${trouble}$`),
      `The certificate of the registry ${meaning}.`,
      trouble === 'unknown' ? own : remedy,
    );
  },
);

/** Tried first, whatever was being done with the registry. */
export const connectionFailures: readonly FailureEntry[] = [
  entry(
    'registry-plain-http',
    /^network not-tls$/,
    'The registry speaks plain http.',
    'Allow it for this registry with `insecureRegistries`.',
  ),
  ...certificateFailures,
  entry(
    'registry-tls-failed',
    /^network tls$/,
    'The executor and the registry can not agree on an encrypted connection.',
    'Check which versions of TLS the server speaks, and whether it wants a certificate of the client (--registry-client-cert).',
  ),
  entry(
    'proxy-refused',
    /^proxy refused$/,
    'The proxy of the pod refuses the connection to the registry.',
    'Allow the host at the proxy and give its credentials, or name the host in NO_PROXY.',
  ),
  entry(
    'proxy-unreachable',
    /^proxy unreachable$/,
    'The proxy of the pod gives no connection to the registry.',
    'Check the address of the proxy, or name the host in NO_PROXY.',
    true,
  ),
  entry(
    'registry-credentials-unusable',
    /^credentials$/,
    "The executor can't use the registry credentials that its pod has: nothing was asked of the registry.",
    'Check the config.json of the secret: credential helpers (credsStore, credHelpers) that the executor image does not have, or a mistake in the JSON. kubectl create secret docker-registry makes one that holds the credentials themselves.',
  ),
  entry(
    'registry-unreachable',
    /^network (?:unreachable|dns|timeout)$/,
    'No connection to the registry.',
    'Check the host name, the network policy, DNS and proxies of the pod.',
    true,
  ),
];

/** The check before the build and the push after it. */
export const pushFailures: readonly FailureEntry[] = [
  entry(
    'destination-invalid',
    /^name$/,
    'The destination is no valid image reference.',
    'Write it as registry/repository:tag, in lower case.',
  ),
  entry(
    'push-tag-immutable',
    answer(
      'TAG_INVALID|TAG_IMMUTABLE',
      'none',
      'is immutable|as immutable|immutable tag|tag immutability|immutability is',
    ),
    'The tag exists, and the registry does not let it be overwritten.',
    'Push another tag, or pass --push-ignore-immutable-tag-errors.',
  ),
  entry(
    'repository-missing',
    answer(
      'NAME_UNKNOWN|NOT_FOUND|REPOSITORY_NOT_FOUND',
      '404',
      'repository [^:]{0,300}(?:does not exist|not found)',
    ),
    'The registry does not have the repository and does not make it by itself.',
    'Create the repository first, for the layer cache, too.',
  ),
  entry(
    'push-quota-exceeded',
    answer('none', '507', quota),
    'The registry takes no more: the quota of the project, the repository or the storage behind it is used up.',
    'Remove images that are no longer needed (and let the registry collect its garbage), or raise the quota.',
  ),
  entry(
    'push-too-large',
    answer('none', '413', 'request entity too large|payload too large'),
    'A proxy in front of the registry refuses uploads of this size.',
    'Raise the body limit of the proxy: the executor sends each layer in one piece.',
  ),
  entry(
    'push-rate-limited',
    limited,
    'The registry limits how often this client may ask.',
    'Wait, use credentials with a higher limit, or let the executor try again with `pushRetries`.',
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
    answer(
      'MANIFEST_INVALID|MANIFEST_BLOB_UNKNOWN|BLOB_UNKNOWN|BLOB_UPLOAD_INVALID|BLOB_UPLOAD_UNKNOWN|DIGEST_INVALID|SIZE_INVALID|UNSUPPORTED|MANIFEST_UNVERIFIED',
      '400|415',
    ),
    'The registry does not take the image: it does not know the media type, or a proxy lost parts of it.',
    'Try another image format (fork: `imageFormat`), or push to the registry without the proxy.',
  ),
  entry(
    'push-unavailable',
    unavailable,
    'The registry failed to answer the push.',
    'Try again; `pushRetries` lets the executor do so by itself.',
    true,
  ),
  entry(
    'push-interrupted',
    /^network interrupted$/,
    'The connection to the registry broke during the push.',
    'Try again; `pushRetries` lets the executor do so by itself.',
    true,
  ),
];

export const checkFallback: FailureEntry = entry(
  'push-check-failed',
  undefined,
  'The executor could not make sure that it may push to the destination.',
  'Read the reason in the message: the push after the build would most likely meet the same.',
);

export const pushFallback: FailureEntry = entry(
  'push-failed',
  undefined,
  'The image was built, but not pushed.',
  'Read the answer of the registry in the message.',
);

/** Base images that are not there, in the executor's own words and not in a registry's. */
export const imageFailures: readonly FailureEntry[] = [
  entry(
    'base-image-not-mirrored',
    /(?:^|: )image not found on any configured mapped registries for /,
    'None of the mirrors has the base image, and the original registry must not be asked.',
    'Bring the image to a mirror, or allow the fallback to the original registry.',
  ),
  entry(
    'base-image-platform-missing',
    /(?:^|: )(?:no child with platform|no matching manifest for) /,
    'The base image does not exist for this platform.',
    'Use a base image that has the platform, or another `platform`.',
  ),
];

/** Getting base images. */
export const baseImageFailures: readonly FailureEntry[] = [
  entry(
    'base-image-rate-limited',
    limited,
    'The registry limits how often images may be pulled.',
    'Give credentials for the registry, use a mirror, or let the executor try again with `imageDownloadRetries`.',
    true,
  ),
  entry(
    'base-image-missing',
    answer('MANIFEST_UNKNOWN|NAME_UNKNOWN|NOT_FOUND', '404', 'manifest unknown'),
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
    'Try again; `imageDownloadRetries` lets the executor do so by itself.',
    true,
  ),
  entry(
    'base-image-interrupted',
    /^network interrupted$/,
    'The download of the base image broke.',
    'Try again with --image-fs-extract-retry; the fork can do without HTTP/2 (FF_KANIKO_DISABLE_HTTP2=1).',
    true,
  ),
];

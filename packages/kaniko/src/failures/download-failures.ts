import type { FailureCode } from '@kanikit/spec';
import { certificateWords, type CertificateTrouble } from '@kanikit/toolkit/go-errors';
import { entry, type FailureEntry } from './failure-entry.ts';

const certificateCodes: Readonly<Record<CertificateTrouble, FailureCode>> = {
  unknown: 'download-certificate-unknown',
  expired: 'download-certificate-expired',
  'not-yet-valid': 'download-certificate-not-yet-valid',
  'wrong-name': 'download-certificate-wrong-name',
  'wrong-address': 'download-certificate-wrong-address',
  'without-names': 'download-certificate-without-names',
  'not-authority': 'download-certificate-not-authority',
  'chain-too-long': 'download-certificate-chain-too-long',
  'wrong-usage': 'download-certificate-wrong-usage',
  'name-forbidden': 'download-certificate-name-forbidden',
  weak: 'download-certificate-weak',
  malformed: 'download-certificate-malformed',
};

const certificateFailures: readonly FailureEntry[] = Object.entries(certificateCodes).map(
  ([trouble, code]) => {
    const { meaning, remedy } = certificateWords[trouble as CertificateTrouble];
    const pattern = new RegExp(`^certificate ${trouble}$`);
    return entry(code, pattern, `The certificate of the server that an ADD names ${meaning}.`, remedy);
  },
);

/** What an ADD downloads, by what `registryCause` makes of the words. */
export const downloadFailures: readonly FailureEntry[] = [
  ...certificateFailures,
  entry(
    'download-refused',
    /^proxy refused$|^network (?:tls|not-tls)$/,
    'A proxy, or the server that an ADD names, refuses the connection.',
    'Read the reason in the message: check whether the URL should begin with http://, allow the host at the proxy of the pod, or name it in NO_PROXY.',
  ),
  entry(
    'download-failed',
    /^/,
    'The executor could not download what an ADD names.',
    'Check the URL, and whether pods reach it: network policy, proxy, certificate authority.',
    true,
  ),
];

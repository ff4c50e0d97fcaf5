export { certificateWords, type CertificateTrouble, readCertificateTrouble } from './certificate-trouble.ts';
export { withoutNames } from './without-names.ts';
export { type NetworkError, readNetworkError } from './network-error.ts';

export { certificateWords, type CertificateTrouble, readCertificateTrouble } from './certificate-trouble.ts';
export { type NetworkError, readNetworkError } from './network-error.ts';

/** What an HTTPS server of the sandbox needs, and what its clients trust. PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

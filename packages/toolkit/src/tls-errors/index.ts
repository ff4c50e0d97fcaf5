export type { TlsAdvice } from './tls-codes.ts';
export { explainTls, type TlsProblem } from './explain-tls.ts';

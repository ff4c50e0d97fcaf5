import type { KanikitErrorCode } from '@kanikit/spec';
import { explainTls } from '@kanikit/toolkit/tls-errors';
import { unreachableCode } from './unreachable.ts';

/** What an answer of a storage server, or the lack of one, means. */
export interface Judgement {
  /** Undefined where only the action tells what it is. */
  readonly code: KanikitErrorCode | undefined;
  readonly reason: string;
  readonly hint: string;
  readonly retryable: boolean;
}

const tlsAdvice = {
  trust: 'Name the authority of a private certificate with `store.certificateAuthorities`.',
};

/** Why no connection to the server came about, or why it broke; undefined for all other errors. */
export function judgeConnection(error: unknown): Judgement | undefined {
  const tls = explainTls(error, tlsAdvice);
  if (tls !== undefined) {
    const { reason, hint, isTemporary } = tls;
    return { code: 'bucket-unreachable', reason, hint, retryable: isTemporary };
  }
  const network = unreachableCode(error);
  return network === undefined ? undefined : judgeUnreachable(network);
}

/** @param network code of the system, as `unreachableCode` finds it; `ETIMEDOUT` for a server that is silent */
export function judgeUnreachable(network: string): Judgement {
  return {
    code: 'bucket-unreachable',
    reason:
      network === 'ETIMEDOUT' ? 'the server does not answer' : `the server can't be reached (${network})`,
    hint: 'Check the endpoint and the network.',
    retryable: true,
  };
}

/** Any other answer: the server's own trouble may pass. */
export function judgeAnswer(status: number | undefined, text: string): Judgement {
  return {
    code: undefined,
    reason: `the server answered ${status === undefined ? '' : `${status} `}${text}`,
    hint: 'Try again; if it persists, look at the storage server.',
    retryable: status === undefined || status >= 500 || status === 429,
  };
}

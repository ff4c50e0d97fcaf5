import { judgeAnswer, type Judgement, judgeConnection } from '../bucket/judgement.ts';
import { oneLine, type OtherCode, toBucketError } from '../bucket/to-bucket-error.ts';

/** The http status of an error of the SDK. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Azure's own name of what happened, such as `ContainerNotFound`. */
export function azureCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown };
  if (typeof code === 'string') return code;
  // The answer to HEAD has no body, only a header.
  const header =
    typeof details === 'object' && details !== null && 'errorCode' in details ? details.errorCode : undefined;
  return typeof header === 'string' ? header : '';
}

/**
 * See `toBucketError`.
 *
 * @param where The container or blob, for people.
 */
export function toAzureError(
  error: unknown,
  action: string,
  where: string,
  signal: AbortSignal,
  otherCode?: OtherCode,
): unknown {
  return toBucketError(error, { action: `${action} ${where}`, signal, otherCode }, { judge, causeText });
}

function causeText(error: unknown): string {
  return `${azureCode(error)} ${textOf(error)}`.trim();
}

/** No identity was found, rather than one that may not. */
export function hasNoCredentials(error: unknown): boolean {
  return (
    error instanceof Error &&
    /CredentialUnavailable|AuthenticationRequired|^AggregateAuthentication/.test(error.name)
  );
}

function judge(error: unknown): Judgement {
  const status = statusOf(error);
  const name = azureCode(error);
  const connection = judgeConnection(error);
  if (hasNoCredentials(error)) {
    return {
      code: 'bucket-denied',
      reason: 'there are no Azure credentials',
      hint: 'Log in with az login, or give an account key (AZURE_STORAGE_KEY), a connection string or a SAS.',
      retryable: false,
    };
  }
  if (connection !== undefined) return connection;
  if (status === 404) {
    return {
      code: 'bucket-missing',
      reason: 'there is no such container',
      hint: 'Check its name and the account, or create it.',
      retryable: false,
    };
  }
  if (status === 401 || status === 403 || name === 'InvalidAuthenticationInfo') {
    return {
      code: 'bucket-denied',
      reason: `access is denied (${[name, textOf(error)].filter(Boolean).join(': ')})`,
      hint: 'The identity needs the role Storage Blob Data Contributor on the container; a SAS needs read, write, delete and list; check the clock, too.',
      retryable: false,
    };
  }
  return judgeAnswer(status, textOf(error));
}

/** One line, without the request's identifier and time that Azure puts behind it. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return oneLine(text.replace(/(?<!\s)\s*RequestId:[\s\S]*$/, ''));
}

import { judgeAnswer, type Judgement, judgeConnection } from '../bucket/judgement.ts';
import { oneLine, type OtherCode, toBucketError } from '../bucket/to-bucket-error.ts';
import { GcsCredentialsError } from './gcs-credentials-error.ts';

/** The http status of an error of the SDK's transport. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : undefined;
}

/**
 * See `toBucketError`.
 *
 * @param where The bucket or object, for people.
 */
export function toGcsError(
  error: unknown,
  action: string,
  where: string,
  signal: AbortSignal,
  otherCode?: OtherCode,
): unknown {
  return toBucketError(error, { action: `${action} ${where}`, signal, otherCode }, { judge, causeText });
}

function causeText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** True for the answer to a request for an object in a bucket that is there. Other words can hold the name of the object. */
export function isObjectMissing(error: unknown): boolean {
  return (
    statusOf(error) === 404 &&
    error instanceof Error &&
    !/^the specified bucket does not exist\b/i.test(error.message)
  );
}

function judge(error: unknown): Judgement {
  const status = statusOf(error);
  const connection = judgeConnection(error);
  if (error instanceof GcsCredentialsError) return judgeCredentials(error);
  if (connection !== undefined) return connection;
  if (status === 404) {
    return {
      code: 'bucket-missing',
      reason: 'there is no such bucket',
      hint: 'Check its name and the project of the credentials, or create it.',
      retryable: false,
    };
  }
  if (status === 401 || status === 403) {
    return {
      code: 'bucket-denied',
      reason: `access is denied (${textOf(error)})`,
      hint: 'The account needs the role Storage Object User (roles/storage.objectUser) on the bucket.',
      retryable: false,
    };
  }
  return judgeAnswer(status, textOf(error));
}

function judgeCredentials(error: GcsCredentialsError): Judgement {
  const { isAbsent } = error;
  return {
    code: 'bucket-denied',
    reason: isAbsent
      ? 'there are no Google credentials'
      : `the Google credentials can't be used (${error.message})`,
    hint: isAbsent
      ? 'Log in with gcloud auth application-default login, or name a key file (GOOGLE_APPLICATION_CREDENTIALS).'
      : 'Log in again with gcloud auth application-default login, or check the key file (GOOGLE_APPLICATION_CREDENTIALS).',
    retryable: false,
  };
}

function textOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

import type { LogOptions } from '../../node/pod-runtime.ts';
import { isTrue } from '../http/request-info.ts';
import { invalid, type StatusCause } from '../status-error.ts';
import { forbiddenField, invalidValue } from '../validate/causes.ts';

/**
 * The query parameters of a log request.
 *
 * @throws StatusError 422 for values out of range
 */
export function readLogOptions(pod: string, query: URLSearchParams): LogOptions {
  const causes: StatusCause[] = [];
  const whole = (name: string, minimum: number, words: string): number | undefined => {
    const text = query.get(name);
    if (text === null) return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum) causes.push(invalidValue(name, value, words));
    return value;
  };
  const tailLines = whole('tailLines', 0, 'must be greater than or equal to 0');
  const limitBytes = whole('limitBytes', 1, 'must be greater than 0');
  const sinceSeconds = whole('sinceSeconds', 1, 'must be greater than 0');
  const sinceTime = query.get('sinceTime') ?? undefined;
  if (sinceTime !== undefined && sinceSeconds !== undefined)
    causes.push(forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  if (sinceTime !== undefined && Number.isNaN(Date.parse(sinceTime)))
    causes.push(invalidValue('sinceTime', sinceTime, 'must be a time in RFC 3339'));
  if (causes.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, pod, causes);
  return {
    follow: isTrue(query.get('follow')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  };
}

import { type BuildRequest, KanikitError } from '@kanikit/spec';
import { buildRequestSchema, checkInput, contextInputSchema, type Schema } from '@kanikit/spec/schema';
import type { ContextInput } from '../calls/contexts.ts';
import type { ContextsOptions, KanikitOptions } from '../options.ts';
import { contextsOptionsSchema, kanikitOptionsSchema } from './options-schema.ts';
import { snapshotOf } from './snapshot.ts';

export { environmentSchema } from './options-schema.ts';

export {
  attachOptionsSchema,
  buildsOptionsSchema,
  cancelOptionsSchema,
  contextCallSchema,
  diagnoseOptionsSchema,
  keepMsSchema,
  logsOptionsSchema,
  namesSchema,
  nameSchema,
  openedContextSchema,
  pruneOptionsSchema,
  pushOptionsSchema,
  startOptionsSchema,
} from './call-schemas.ts';

/** @throws KanikitError `options-invalid` */
export function checkKanikitOptions(options: unknown): KanikitOptions {
  const about = { code: 'options-invalid', what: 'the options of kanikit' } as const;
  return checkInput(kanikitOptionsSchema, options, about);
}

/** @throws KanikitError `options-invalid` */
export function checkContextsOptions(options: unknown): ContextsOptions {
  const about = { code: 'options-invalid', what: 'the options of the contexts' } as const;
  return checkInput(contextsOptionsSchema, options, about);
}

/**
 * Options of one call: "the options of prune()".
 *
 * @throws KanikitError `options-invalid`
 */
export function checkCall<T>(schema: Schema<T>, value: unknown, call: string): T {
  return checkInput(schema, value, { code: 'options-invalid', what: `the options of ${call}` });
}

/**
 * What a call is about: "the name of the build".
 *
 * @throws KanikitError `options-invalid`
 */
export function checkArgument<T>(schema: Schema<T>, value: unknown, what: string): T {
  return checkInput(schema, value, { code: 'options-invalid', what });
}

/** @throws KanikitError `request-invalid` */
export function checkContextInput(value: unknown): ContextInput {
  return checkInput(contextInputSchema, value, { code: 'request-invalid', what: 'the context' });
}

/**
 * One request, or a list of them, as they are now: what the caller changes later is of no effect.
 *
 * @throws KanikitError `request-invalid`, whose paths begin with `builds[2]` for the third of a list
 */
export function checkRequests(value: unknown): readonly BuildRequest[] {
  if (!isList(value)) return [checkRequest(value)];
  return Array.from(value, (request, index) => {
    const about = { code: 'request-invalid', what: 'the build requests', root: `builds[${index}]` } as const;
    return snapshotOf(checkInput(buildRequestSchema, request, about));
  });
}

/** @throws KanikitError `request-invalid` */
export function checkRequest(value: unknown): BuildRequest {
  if (isList(value)) {
    throw new KanikitError({
      code: 'request-invalid',
      message: 'Reading the build request: it must be a plain object, and is a list.',
      hint: 'build() takes one request. Use start() for several.',
    });
  }
  const about = { code: 'request-invalid', what: 'the build request' } as const;
  return snapshotOf(checkInput(buildRequestSchema, value, about));
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    // A proxy that was revoked; the check of requests says so.
    return false;
  }
}

export { checkInput, type InputDescription } from './check-input.ts';
export {
  buildRequestSchema,
  buildSettingsSchema,
  contextInputSchema,
  executorChoiceSchema,
  longestTimeoutMs,
} from './request-schema.ts';
export { isPlainObject } from './plain-object.ts';
export { schemaOf } from './same-type.ts';
export {
  abortSignal,
  anyText,
  anything,
  callback,
  choice,
  chosen,
  count,
  fields,
  flag,
  instance,
  list,
  longestTimerMs,
  maybe,
  method,
  off,
  oneOf,
  openRecord,
  record,
  type Schema,
  such,
  text,
  variants,
} from './shapes.ts';

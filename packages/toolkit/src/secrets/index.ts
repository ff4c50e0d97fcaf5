export { hideByForm } from './hide-by-form.ts';
export { createRedactor, type Redactor } from './redactor.ts';
export { redactDeep } from './redact-deep.ts';

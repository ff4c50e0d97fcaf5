export { hideByForm } from './hide-by-form.ts';
export { createLineRedactor, type LineRedactor } from './line-redactor.ts';
export { createRedactor, type Redactor } from './redactor.ts';
export { redactDeep } from './redact-deep.ts';

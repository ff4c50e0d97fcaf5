import type { StatusCause } from '../status-error.ts';

// The words of k8s.io/apimachinery/pkg/util/validation/field.

export function required(field: string, detail = ''): StatusCause {
  return cause('FieldValueRequired', field, withDetail('Required value', detail));
}

export function duplicate(field: string, value: unknown): StatusCause {
  return cause('FieldValueDuplicate', field, `Duplicate value: ${print(value)}`);
}

export function invalidValue(field: string, value: unknown, detail: string): StatusCause {
  return cause('FieldValueInvalid', field, withDetail(`Invalid value: ${print(value)}`, detail));
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  const detail = `supported values: ${supported.map((entry) => JSON.stringify(entry)).join(', ')}`;
  return cause('FieldValueNotSupported', field, withDetail(`Unsupported value: ${print(value)}`, detail));
}

export function valueNotFound(field: string, value: unknown): StatusCause {
  return cause('FieldValueNotFound', field, `Not found: ${print(value)}`);
}

export function forbiddenField(field: string, detail: string): StatusCause {
  return cause('FieldValueForbidden', field, withDetail('Forbidden', detail));
}

export function tooLong(field: string, maximumBytes: number): StatusCause {
  return cause('FieldValueTooLong', field, `Too long: may not be more than ${maximumBytes} bytes`);
}

function cause(reason: string, field: string, message: string): StatusCause {
  return { reason, message, field };
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

function print(value: unknown): string {
  return JSON.stringify(value);
}

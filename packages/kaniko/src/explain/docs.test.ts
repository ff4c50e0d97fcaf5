import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explainLog } from './explain-log.ts';

test('docs/explain.md shows the keys of a real report', () => {
  const page = readFileSync(new URL('../../../../docs/explain.md', import.meta.url), 'utf8');
  const example: unknown = JSON.parse(/```json\n([^]*?)```/.exec(page)![1]!);
  const log = readFileSync(new URL('../../fixtures/39-lab-g1240-fail.log', import.meta.url));
  const pushed = readFileSync(new URL('../../fixtures/30-lab-g190-cold-text.log', import.meta.url));
  const report = { ...explainLog(log), images: explainLog(pushed).images.slice(0, 1) };
  expect(shape(example)).toEqual(shape(report));
});

/** The keys of an object, in order, without its values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).map(([key, item]) => [key, shape(item)]);
}

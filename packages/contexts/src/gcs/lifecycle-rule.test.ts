import { expect, test } from 'vitest';
import { gcsLifecycleRule } from './lifecycle-rule.ts';

const dayMs = 24 * 60 * 60 * 1000;

test('nothing is kept: only what killed processes leave goes', () => {
  expect(JSON.parse(gcsLifecycleRule({}))).toEqual({
    rule: [
      { action: { type: 'Delete' }, condition: { matchesPrefix: ['kanikit/runs/'], age: 7 } },
      {
        action: { type: 'Delete' },
        condition: { matchesPrefix: ['kanikit/runs/', 'kanikit/contexts/'], daysSinceNoncurrentTime: 1 },
      },
    ],
  });
});

test.each([
  ['/a/b/', 2.5 * dayMs, 'a/b/contexts/', 3],
  ['', 1000, 'contexts/', 1],
])('kept contexts below %j go after their time, in whole days', (prefix, keepMs, root, age) => {
  expect(JSON.parse(gcsLifecycleRule({ prefix }, keepMs))).toMatchObject({
    rule: [{}, { action: { type: 'Delete' }, condition: { matchesPrefix: [root], age } }, {}],
  });
});

import { expect, test } from 'vitest';
import { azureBlobLifecycleRule } from './lifecycle-rule.ts';

const dayMs = 24 * 60 * 60 * 1000;

interface Policy {
  readonly rules: readonly {
    readonly name: string;
    readonly definition: {
      readonly filters: { readonly prefixMatch: readonly string[] };
      readonly actions: { readonly baseBlob: { readonly delete: object } };
    };
  }[];
}

test.each([
  ['kanikit', undefined, undefined, [['builds/kanikit/runs/', 7]]],
  [
    'a/b',
    '/a/b/',
    2.5 * dayMs,
    [
      ['builds/a/b/runs/', 7],
      ['builds/a/b/contexts/', 3],
    ],
  ],
  [
    'none',
    '',
    1000,
    [
      ['builds/runs/', 7],
      ['builds/contexts/', 1],
    ],
  ],
])('with the prefix %s', (_name, prefix, keepMs, expected) => {
  const policy = JSON.parse(azureBlobLifecycleRule({ container: 'builds', prefix }, keepMs)) as Policy;
  expect(
    policy.rules.map(({ definition: { filters, actions } }) => [
      filters.prefixMatch,
      actions.baseBlob.delete,
    ]),
  ).toEqual(expected.map(([root, days]) => [[root], { daysAfterModificationGreaterThan: days }]));
});

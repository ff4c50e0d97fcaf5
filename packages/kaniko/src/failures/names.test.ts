import { describe, expect, test } from 'vitest';
import { explainLog } from '../explain/explain-log.ts';
import { type Line, render } from '../decoder/render-log.test.helper.ts';
import { failureCases } from './failure-cases.test.helper.ts';

/** What people call images, hosts, files and secrets, and what failures are called. */
const names = [
  '401',
  '403',
  '413',
  '429',
  '503',
  'denied',
  'unauthorized',
  'forbidden',
  'timeout',
  'toomanyrequests',
  'no-space-left-on-device',
  'connection-refused',
  'connection-reset-by-peer',
  'no-such-host',
  'x509',
  'tls',
  'eof',
  'unexpected-eof',
  'oom-killed',
  'quota',
  'quota-exceeded',
  'immutable',
  'manifest_unknown',
  'credentials',
  'gzip',
  'stream-error',
  'internal_error',
  'proxyconnect',
  'accessdenied',
  'not-found',
];

/** The names of the samples, each in the places where the executor prints it. */
const renamed = (text: string, name: string): string =>
  text
    .replaceAll('r.test', `${name.replaceAll('_', '-')}.test`)
    .replaceAll(/(?<=\.test\/)a(?=:)/g, `team/${name}`)
    .replaceAll(/(?<=\/v2\/)(?:a|base)(?=\/)/g, `team/${name}`)
    .replaceAll(/(?<=\/team\/[\w-]+):1\b/g, `:${name}`)
    .replaceAll(/(?<=\/manifests\/)1\b/g, name)
    .replaceAll('c.tar.gz', `${name}/${name}.tar.gz`)
    .replaceAll('bucket.example.com', `${name.replaceAll('_', '-')}.example.com`)
    .replaceAll(/(?<=\/workspace\/|\/srv\/|\/bin\/)(?:a|ping)\b/g, name)
    .replaceAll(/(?<=\/)x(?=: permission denied)/g, name)
    .replaceAll(/(?<=user )app(?= is)/g, name)
    .replaceAll(/(?<= index | for )alpine$/g, `team/${name}:${name}`)
    .replaceAll(/(?<=secret not defined: )token/g, name)
    .replaceAll(/(?<=secret )"x"/g, `"${name}"`);

const renamedLine = (entry: Line, name: string): Line =>
  typeof entry === 'string' ? entry : { ...entry, message: renamed(entry.message, name) };

const verdictOf = (last: string, before: readonly Line[]) => {
  const { verdict } = explainLog(`${render('json', before)}${last}\n`);
  return verdict.failure?.code;
};

describe.each(names)('a failure of something called %s', (name) => {
  test('means what it means for any name', () => {
    const wrong = failureCases.flatMap(({ code, last, before = [] }) => {
      const found = verdictOf(
        renamed(last, name),
        before.map((entry) => renamedLine(entry, name)),
      );
      return found === code ? [] : [`${found} in place of ${code}: ${renamed(last, name)}`];
    });
    expect(wrong).toEqual([]);
  });
});

test('the samples have names to replace', () => {
  const changed = failureCases.filter(({ last }) => renamed(last, 'x-y') !== last);
  expect(changed.length).toBeGreaterThan(100);
});

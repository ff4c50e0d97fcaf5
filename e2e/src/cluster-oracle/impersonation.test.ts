import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster, loadConnection } from '@kanikit/kubernetes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Oracle, startOracle } from './oracle.ts';

let oracle: Oracle;
let folder: string;
let server: http.Server;
/** Headers of the last request, as they were sent. */
let seen: readonly (readonly [string, string])[] = [];

beforeAll(async () => {
  oracle = await startOracle(AbortSignal.timeout(400_000));
  folder = await mkdtemp(join(tmpdir(), 'kanikit-acting-'));
  server = http.createServer(({ rawHeaders }, response) => {
    seen = rawHeaders.flatMap((name, at) =>
      at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
    );
    response.writeHead(403, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await oracle?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  '{token: t}',
  '{token: t, as: jane}',
  '{token: t, as: "system:serviceaccount:ci:builder", as-uid: "7", as-groups: [devs, ops, "a, b"]}',
  '{username: u, password: p, as: jane, as-groups: [""]}',
  '{token: t, as: "Jané ☺", as-groups: ["gr ü"]}',
  '{token: t, as: jane, as-user-extra: {scopes: [view, edit], acme.com/Project: [x], "a%b é_A-b": ["1", "2"]}}',
  '{token: t, as: jane, as-user-extra: {UPPER-lower: [x], "": [y], "a!#$&*+.^_`|~z": [z], none: []}}',
  '{token: t, as: jane, as-groups: null, as-user-extra: null, as-uid: ""}',
  '{token: t, as: ""}',
  '{token: t, as-groups: [devs]}',
  '{token: t, as-uid: "7"}',
  '{token: t, as-user-extra: {a: [b]}}',
  '{token: t, as: 5}',
  '{token: t, as: on}',
  '{token: t, as: jane, as-groups: devs}',
  '{token: t, as: jane, as-groups: [0400]}',
  '{token: t, as: jane, as-user-extra: [a]}',
])('headers of a kubeconfig are those of client-go: %s', async (user) => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const text = `apiVersion: v1
kind: Config
current-context: a
clusters: [{name: c, cluster: {server: "${address}"}}]
contexts: [{name: a, context: {cluster: c, user: u}}]
users: [{name: u, user: ${user}}]
`;
  const answer = await oracle.ask({ kubeconfig: { text } });
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, text);
  seen = [];
  const loading = loadConnection({ env: {}, kubeconfig });
  if (answer.error !== undefined) {
    await expect(loading).rejects.toMatchObject({ code: 'kubeconfig-invalid' });
    return;
  }
  const cluster = createCluster(await loading);
  const run = { signal: AbortSignal.timeout(20_000), now: Date.now };
  await cluster.builds?.find({}, run).catch(() => undefined);
  await cluster.close();
  const named = Object.entries(answer.headers ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, Buffer.from(value.trim()).toString('latin1')] as const),
  );
  const wanted = /^impersonate-/i;
  const expected = named
    .filter(([name]) => wanted.test(name))
    .map(([name, value]) => `${lower(name)}: ${value}`);
  const sent = seen.filter(([name]) => wanted.test(name)).map(([name, value]) => `${lower(name)}: ${value}`);
  expect(sent.toSorted()).toEqual(expected.toSorted());
});

/** Letter case means nothing in names of headers. */
function lower(name: string): string {
  return name.toLowerCase();
}

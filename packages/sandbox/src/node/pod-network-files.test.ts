import { expect, test } from 'vitest';
import { hostsFile, resolverFile } from './pod-network-files.ts';

const containers: [] = [];
const machine = 'nameserver 10.0.0.2\nsearch corp.example\noptions ndots:2 rotate\n';

test("aliases come after the machine's names", () => {
  const hostAliases = [{ ip: '10.1.1.1', hostnames: ['a.example', 'b.example'] }];
  expect(hostsFile('127.0.0.1 localhost\n', 'build', { containers, hostAliases })).toBe(
    '# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n127.0.0.1\tbuild\n\n' +
      '# Entries added by HostAliases.\n10.1.1.1\ta.example\tb.example\n',
  );
});

test.each([
  ['nothing said', {}, machine],
  [
    'added to the node',
    { dnsConfig: { nameservers: ['10.0.0.3'], options: [{ name: 'ndots', value: '5' }] } },
    'search corp.example\nnameserver 10.0.0.2\nnameserver 10.0.0.3\noptions ndots:5 rotate\n',
  ],
  [
    'instead of the node',
    {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.3'], searches: ['svc'], options: [{ name: 'rotate' }] },
    },
    'search svc\nnameserver 10.0.0.3\noptions rotate\n',
  ],
])('resolver: %s', (_what, spec, expected) => {
  expect(resolverFile(machine, { containers, ...spec })).toBe(expected);
});

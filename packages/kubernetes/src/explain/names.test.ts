import { describe, expect, test } from 'vitest';
import { explainWaiting } from './explain-waiting.ts';

/** Words of kubelet, containerd, CRI-O and registries about an image, by what they mean. */
const pulls = (name: string): readonly (readonly [RegExp, string])[] => {
  const image = `r.test/team/${name}:${name}`;
  const asked = `Head "https://${name}.test/v2/team/${name}/manifests/${name}"`;
  const unpack = `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;
  return [
    [/does not reach the registry/, `${unpack}: failed to do request: ${asked}: EOF`],
    [
      /does not reach the registry/,
      `${unpack}: failed to do request: ${asked}: read tcp 10.0.0.1:5->10.0.0.2:443: use of closed network connection`,
    ],
    [
      /does not reach the registry/,
      `${unpack}: failed to do request: ${asked}: http2: client connection lost`,
    ],
    [
      /does not reach the registry/,
      `${unpack}: unexpected status from HEAD request to https://${name}.test/v2/team/${name}/manifests/1: 503 Service Unavailable`,
    ],
    [
      /does not find the registry/,
      `${unpack}: failed to do request: ${asked}: dial tcp: lookup ${name}.test: no such host`,
    ],
    [/does not have the image/, `${unpack}: ${image}: not found`],
    [
      /does not have the image/,
      `initializing source docker://${image}: reading manifest ${name} in r.test/team/${name}: manifest unknown`,
    ],
    [
      /does not let the node pull/,
      `${unpack}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
    [
      /limits how often/,
      `${unpack}: unexpected status code https://${name}.test/v2/x: 429 Too Many Requests - Server message: toomanyrequests: slow down`,
    ],
    [
      /certificate of the registry has expired/,
      `${unpack}: failed to do request: ${asked}: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-05-01T00:00:00Z is after 2026-04-30T00:00:00Z`,
    ],
    [
      /certificate of the registry is made for other host names/,
      `${unpack}: failed to do request: ${asked}: tls: failed to verify certificate: x509: certificate is valid for a.test, not ${name}.test`,
    ],
    [
      /does not trust the certificate/,
      `pinging container registry ${name}.test: Get "https://${name}.test/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    ],
    [/proxy of the node refuses/, `${unpack}: failed to do request: ${asked}: Forbidden`],
    [
      /proxy of the node gives no connection/,
      `${unpack}: failed to do request: ${asked}: proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused`,
    ],
    [
      /can not agree on an encrypted connection/,
      `${unpack}: failed to do request: ${asked}: remote error: tls: handshake failure`,
    ],
    [
      /disk of the node is full/,
      `failed to pull and unpack image "${image}": failed to extract layer sha256:x: write /var/lib/${name}: no space left on device`,
    ],
  ];
};

const names = [
  'kaniko',
  '401',
  'denied',
  'unauthorized',
  'not-found',
  'toomanyrequests',
  'rate-limit',
  'x509',
  'eof',
  'timeout',
  '503',
  'no-such-host',
];

describe.each(names)('an image called %s', (name) => {
  test.each(pulls(name))('%s: %s', (meaning, words) => {
    const message = `Failed to pull image "r.test/team/${name}:${name}": rpc error: code = Unknown desc = ${words}`;
    expect(explainWaiting({ reason: 'ErrImagePull', message }, undefined).message).toMatch(meaning);
  });
});

test.each(['nonroot', 'network', 'cni', 'pause', 'timeout'])('a secret or pod called %s', (name) => {
  const mount = `MountVolume.SetUp failed for volume "${name}" : references non-existent config key: a`;
  expect(explainWaiting({ reason: 'FailedMount', message: mount }, undefined).hint).toMatch(/Add the key a/);
  const sandbox = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod "${name}": mkdir /run/${name}: read-only file system`;
  expect(explainWaiting({ reason: 'FailedCreatePodSandBox', message: sandbox }, undefined).message).toMatch(
    /the node can not set the pod up/,
  );
});

import { expect, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo } from '../testing/test-io.ts';

/** Longer than what is shown of a key, in every place of the command line where a secret may land by mistake. */
const canary = 'CANARY';

test.each([
  ['build', '.', '-t', 'r/a', '--secret', 'id=x,value=CANARY'],
  ['build', '.', '-t', 'r/a', '--secret', 'CANARY'],
  ['build', '.', '-t', 'r/a', '--secret', 'id=x,src=a,env=CANARY'],
  ['build', '.', '-t', 'r/a', '--secret', 'id=x,k8s=CANARY'],
  ['build', '.', '-t', 'r/a', '--build-arg', '=CANARY'],
  ['build', '.', '-t', 'r/a', '--env', '=CANARY'],
  ['build', '.', '-t', 'r/a', '--label', '=CANARY'],
  ['build', '.', '-t', 'r/a', '--bucket', 's3://key:CANARY@b'],
  ['build', '.', '-t', 'r/a', '--bucket', 's3://key:CANARY/b'],
  ['build', '.', '-t', 'r/a', '--bucket', 's3://key:CAN/CANARY+@b'],
  ['build', '.', '-t', 'r/a', '--bucket', 'key:CANARY@b'],
  ['build', '.', '-t', 'r/a', '--bucket', 'az://a/b?sig=CANARY'],
  ['build', '.', '-t', 'r/a', '--bucket', 's3://b', '--bucket-endpoint', 'key:CANARY@host'],
  ['build', 'https:/u:CANARY@h', '-t', 'r/a', '--dry-run'],
  ['build', 'https:/u:CANARY@h/a.tar', '-t', 'r/a', '--dry-run'],
  ['build', 'u:CANARY@h:a.git', '-t', 'r/a', '--dry-run'],
  ['context', 'ls', 'https:/u:CANARY@h'],
  ['build', 'https://u:CANARY@h/a.git', 'b', '-t', 'r/a', '-t', 'r/b', '-t', 'r/c'],
  ['build', 'https://u:CANARY@h/A.git', '-t', 'r/{name}'],
  ['build', '.', '-t', 'https://u:CANARY@r/a'],
  ['build', '.', '-t', 'u:CANARY@r/A'],
  ['build', '.', '-t', 'r/a', '--target', '--build-arg=TOKEN=CANARY'],
  ['build', '.', '-t', 'r/a', '--build-arg-x=CANARY'],
  ['build', '.', '-t', 'r/a', '--pasword=CANARY'],
  ['build', '.', '-t', 'r/a', '--toleration', 'https://u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--volume', 'https://u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--add-host', 'https://u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--executor', 'https://u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--pod-patch', '[{"value":"CANARY"}]'],
  ['build', '.', '-t', 'r/a', '--pod-patch', '{spec: {a: CANARY, b: [}'],
  ['build', '.', '-t', 'r/a', '--pod-json-patch', '{"value":"CANARY"}'],
  ['build', '.', '-t', 'r/a', '--pod-template', 'https://u:CANARY@h/pod.yaml'],
  ['build', '.', '-t', 'r/a', '--bucket', 's3://bucket', '--bucket-ca', 'https://u:CANARY@h/ca.pem'],
  ['build', '.', '-t', 'r/a', '--progress', 'https://u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--push=u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--timeout', 'u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--dry-run', '--platform', 'https://u:CANARY@h'],
  ['build', '.', '-t', 'r/a', '--dry-run', '--', '--build-arg', 'A=CANARY', 'B=CANARY'],
  ['build', '.', '-t', 'r/a', '--dry-run', '--', '--verbosty=CANARY'],
  ['build', '.', '-t', 'r/a', '--snapshot-mode=CANARY'],
  ['build', '.', '-t', 'r/a', '--annotation', '=CANARY'],
  ['build', '.', '-t', 'r/a', '--feature', 'u:CANARY@h=no'],
  ['build', '.', '-t', 'r/a', '--iidfile', '/none/u:CANARY@h'],
  ['explain', 'https://u:CANARY@h/log'],
  ['explain', 'a', 'https://u:CANARY@h/log'],
  ['ps', '--', '--token=CANARY'],
  ['--token=CANARY'],
  ['context', 'https://u:CANARY@h'],
  ['sandbox', 'https://u:CANARY@h'],
  ['replay', 'x', '--speed', 'u:CANARY@h'],
  ['doctor', '--print-role', '--without', 'u:CANARY@h'],
])('%j is refused without its secret', async (...args) => {
  const { io, out, err } = createTestIo({ env: {} });
  const code = await main(args, io);
  expect(code, err()).toBe(2);
  expect(err()).toMatch(/^error: (?!Reading the kubeconfig)/);
  expect(out() + err()).not.toContain(canary);
});

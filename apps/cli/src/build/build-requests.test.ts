import type { BuildRequest } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { buildCommand } from '../command-line/build-command.ts';
import { commands } from '../command-line/commands.ts';
import { parseCommandLine } from '../command-line/parse-command-line.ts';
import { usageProblem } from '../testing/usage-problem.ts';
import { buildRequests } from './build-requests.ts';

function requestsOf(line: string): readonly BuildRequest[] {
  const parsed = parseCommandLine(['build', ...line.split(' ')], commands, {});
  if (parsed.kind !== 'run') throw new Error(`it is ${parsed.kind}`);
  return buildRequests(parsed.values);
}

/** Every flag that says something about a build, and where it lands in the request. */
const landings: readonly (readonly [string, object])[] = [
  ['--job --keep-ended 2h', { pod: { podAs: 'job', keepEndedMs: 7_200_000 } }],
  ['--keep-failed', { pod: { keepFailedMs: 3_600_000 } }],
  ['--keep-failed=10m', { pod: { keepFailedMs: 600_000 } }],
  ['--file Dockerfile.ci', { dockerfile: 'Dockerfile.ci' }],
  ['--tag r.example/two', { destinations: ['r.example/one', 'r.example/two'] }],
  ['--build-arg A=1 --build-arg B', { buildArgs: { A: '1', B: undefined } }],
  ['--target builder', { target: 'builder' }],
  ['--label a=1 --label b', { labels: { a: '1', b: '' } }],
  ['--platform linux/arm64', { platform: 'linux/arm64' }],
  ['--context-sub-path app', { contextSubPath: 'app' }],
  ['--fetch client', { contextFetch: 'client' }],
  ['--delivery bucket-url', { contextDelivery: 'bucket-url' }],
  ['--stdin', { contextDelivery: 'stdin' }],
  ['--git-depth 5', { git: { depth: 5 } }],
  ['--git-submodules', { git: { submodules: true } }],
  ['--git-secret token', { git: { secret: 'token' } }],
  ['--push', { push: true }],
  ['--no-push', { push: false }],
  ['--no-cache', { cache: false }],
  ['--cache', { cache: { repository: undefined, copyLayers: undefined, ttl: undefined } }],
  ['--cache-repo r.example/cache', { cache: { repository: 'r.example/cache' } }],
  ['--cache-copy-layers', { cache: { copyLayers: true } }],
  ['--cache --cache-ttl 1h30m', { cache: { ttl: '5400s' } }],
  ['--name app', { name: 'app' }],
  ['--registry-secret dockercred', { pod: { registrySecret: 'dockercred' } }],
  ['--insecure-registry h:1', { insecureRegistries: ['h:1'] }],
  ['--service-account robot', { pod: { serviceAccount: 'robot' } }],
  ['--cpu 500m', { pod: { limits: { cpu: '500m' } } }],
  ['--memory 4Gi', { pod: { limits: { memory: '4Gi' } } }],
  ['--ephemeral-storage 20Gi', { pod: { limits: { ephemeralStorage: '20Gi' } } }],
  ['--node-selector disk=ssd', { pod: { nodeSelector: { disk: 'ssd' } } }],
  ['--request-cpu 250m', { pod: { requests: { cpu: '250m' } } }],
  ['--request-memory 1Gi', { pod: { requests: { memory: '1Gi' } } }],
  ['--request-ephemeral-storage 5Gi', { pod: { requests: { ephemeralStorage: '5Gi' } } }],
  ['--mount-service-account-token', { pod: { mountServiceAccountToken: true } }],
  [
    '--toleration builds --toleration spot=yes:NoExecute --toleration a:NoSchedule',
    {
      pod: {
        tolerations: [
          { key: 'builds', operator: 'Exists' },
          { key: 'spot', operator: 'Equal', value: 'yes', effect: 'NoExecute' },
          { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
        ],
      },
    },
  ],
  ['--no-spread', { pod: { topologySpreadConstraints: [] } }],
  ['--priority-class low', { pod: { priorityClass: 'low' } }],
  ['--runtime-class gvisor', { pod: { runtimeClass: 'gvisor' } }],
  ['--scheduler volcano', { pod: { schedulerName: 'volcano' } }],
  ['--pull-secret a --pull-secret b', { pod: { imagePullSecrets: ['a', 'b'] } }],
  ['--pull-policy Always', { pod: { imagePullPolicy: 'Always' } }],
  ['--env-from-secret s --env-from-configmap c', { pod: { envFrom: [{ secret: 's' }, { configMap: 'c' }] } }],
  ['--proxy-from-environment', { pod: { proxy: 'environment' } }],
  [
    '--http-proxy http://p --https-proxy http://q --no-proxy a,b',
    { pod: { proxy: { http: 'http://p', https: 'http://q', none: 'a,b' } } },
  ],
  [
    '--volume pvc=cache:/cache --volume pvc=cache:/more:ro --volume emptydir=1Gi:/e --volume secret=s:/kaniko/s',
    {
      pod: {
        volumes: [
          { name: 'volume-0', persistentVolumeClaim: { claimName: 'cache' } },
          { name: 'volume-1', emptyDir: { sizeLimit: '1Gi' } },
          { name: 'volume-2', secret: { secretName: 's' } },
        ],
        volumeMounts: [
          { name: 'volume-0', mountPath: '/cache' },
          { name: 'volume-0', mountPath: '/more', readOnly: true },
          { name: 'volume-1', mountPath: '/e' },
          { name: 'volume-2', mountPath: '/kaniko/s' },
        ],
      },
    },
  ],
  ['--pod-annotation a=b', { pod: { annotations: { a: 'b' } } }],
  ['--annotation a=b', { annotations: { a: 'b' }, pod: { annotations: {} } }],
  ['--annotation manifest:org.example/a=b=c', { annotations: { 'org.example/a': 'b=c' } }],
  ['--image-format oci', { imageFormat: 'oci' }],
  ['--compression zstd', { compression: 'zstd' }],
  ['--push-retry 3', { pushRetries: 3 }],
  ['--push-retry 0', { pushRetries: 0 }],
  ['--image-download-retry 5', { imageDownloadRetries: 5 }],
  [
    '--feature FF_A --feature FF_B=false --feature FF_C=1',
    { features: { FF_A: true, FF_B: false, FF_C: true } },
  ],
  ['--feature FF_A --feature FF_A=0', { features: { FF_A: false } }],
  ['--feature-profile buildkit', { featureProfile: 'buildkit' }],
  ['--pod-label team=x', { pod: { labels: { team: 'x' } } }],
  ['--add-host r.example:fd00::1', { pod: { hostAliases: [{ ip: 'fd00::1', hostnames: ['r.example'] }] } }],
  ['--user-namespace', { pod: { hostUsers: false } }],
  ['--pod-preset least-privilege', { pod: { preset: 'least-privilege' } }],
  ['--pod-name kaniko', { pod: { name: 'kaniko' } }],
  ['--executor google@1.9.2', { executor: { distribution: 'google', version: '1.9.2' } }],
  ['--executor @v1.28.3', { executor: { distribution: undefined, version: '1.28.3' } }],
  ['--executor-image r.example/kaniko:1', { executor: { image: 'r.example/kaniko:1' } }],
  ['--timeout 30m', { timeoutMs: 1_800_000 }],
  ['-- --verbosity=debug --force', { executorArgs: ['--verbosity=debug', '--force'] }],
];

/** Flags about the run, the cluster or the display; `kanikit-options.test.ts`, `pod-inputs.test.ts` and others have them. */
const elsewhere = new Set(
  (
    'progress quiet record iidfile metadata-file log-folder dry-run output kubeconfig kube-context namespace ' +
    'in-cluster sandbox bucket bucket-endpoint bucket-pod-endpoint bucket-region bucket-ca bucket-pod-access ' +
    'keep-context mtime concurrency concurrency-per-registry retries fail-fast detach ' +
    'env secret pod-template pod-patch pod-json-patch'
  ).split(' '),
);

describe('every flag lands in the request', () => {
  test.each(landings)('%s', (flags, expected) => {
    expect(requestsOf(`./app -t r.example/one ${flags}`)).toMatchObject([{ context: './app', ...expected }]);
  });

  test('none is forgotten', () => {
    const seen = new Set(
      landings.flatMap(([flags]) => [...flags.matchAll(/--([a-z-]+)/g)].map((match) => match[1])),
    );
    const missing = Object.keys(buildCommand.flags).filter((name) => !seen.has(name) && !elsewhere.has(name));
    expect(missing).toEqual([]);
  });
});

test('without flags nothing is decided that core decides', () => {
  const [request] = requestsOf('. -t r.example/app');
  expect(JSON.parse(JSON.stringify(request))).toEqual({
    context: '.',
    destinations: ['r.example/app'],
    push: true,
    buildArgs: {},
    labels: {},
    cache: false,
    insecureRegistries: [],
    executorArgs: [],
    git: {},
    pod: { annotations: {}, labels: {}, nodeSelector: {} },
  });
});

test('several contexts share the flags', () => {
  expect(requestsOf('./api ./web -t r.example/{name} --target x')).toMatchObject([
    { context: './api', destinations: ['r.example/api'], target: 'x' },
    { context: './web', destinations: ['r.example/web'], target: 'x' },
  ]);
});

describe('refuses', () => {
  test.each([
    ['. -t aa --push --no-push', '--push and --no-push contradict each other.'],
    ['. -t aa --cache --no-cache', '--no-cache contradicts the other cache flags.'],
    ['. -t aa --cache-repo r --no-cache', '--no-cache contradicts the other cache flags.'],
    ['. -t aa --cache-copy-layers --no-cache', '--no-cache contradicts the other cache flags.'],
    ['. -t aa --cache-ttl 1h', '--cache-ttl is about the layer cache, which is off. | Add --cache.'],
    ['. -t aa --keep-ended 1h', 'Add --detach or --job.'],
    ['. -t aa -d --iidfile x', '--iidfile holds the digest of an image, which --detach does not wait for.'],
    ['. -t aa -q --progress plain', '--quiet contradicts --progress.'],
    ['. -t aa -o json', '--output is the format of --dry-run.'],
    ['a b -t {name} --name x', '--name names one build, but there are several contexts.'],
    ['a b -t {name} --iidfile x', 'Use --metadata-file, which holds all of them.'],
    ['a b -t {name} --pod-name x', '--pod-name names one pod, but there are several contexts.'],
    ['- -t aa -f -', "Context and Dockerfile can't both come from standard input."],
    ['- - -t aa -t b', 'Standard input holds only one context.'],
    ['a b -t {name} -f -', 'Standard input holds one Dockerfile, but there are several contexts.'],
    ['. -t aa --sandbox --kubeconfig x', '--sandbox is a cluster of its own'],
    ['. -t aa --sandbox --kube-context x', '--sandbox is a cluster of its own'],
    ['. -t aa --sandbox --in-cluster', '--sandbox is a cluster of its own'],
    ['. -t aa --in-cluster --kubeconfig x', '--in-cluster uses no kubeconfig.'],
    ['. -t aa --concurrency 0', '--concurrency must be at least 1.'],
    ['. -t aa --concurrency-per-registry 0', '--concurrency-per-registry must be at least 1.'],
    ['. -t aa --node-selector ssd', '--node-selector needs KEY=VALUE, got "ssd".'],
    ['. -t aa --toleration a:Never', '--toleration takes KEY[=VALUE][:EFFECT], got "a:Never".'],
    ['. -t aa --volume cache:/cache', '--volume takes SOURCE:PATH[:ro], got "cache:/cache".'],
    ['. -t aa --volume pvc=:/cache', '--volume takes'],
    ['. -t aa --volume pvc=c:cache', '--volume takes'],
    ['. -t aa --volume pvc=c:/c:wr', '--volume takes'],
    ['. -t aa --add-host r.example', '--add-host takes HOST:IP'],
    ['. -t aa --proxy-from-environment --no-proxy a', '--proxy-from-environment contradicts'],
    ['. -t aa --annotation index:a=b', '--annotation can not annotate "index"'],
    ['. -t aa --annotation manifest-descriptor:a=b', '--annotation can not annotate "manifest-descriptor"'],
    [
      '. -t aa --annotation manifest[linux/amd64]:a=b',
      '--annotation can not annotate "manifest[linux/amd64]"',
    ],
    ['. -t aa --annotation a', '--annotation needs KEY=VALUE, got "a".'],
    ['. -t aa --annotation sidecar.istio.io/inject=false', 'Write --pod-annotation'],
    ['. -t aa --feature FF_A=maybe', '--feature takes NAME, NAME=true or NAME=false, got "FF_A=maybe".'],
    ['. -t aa --feature =true', '--feature takes NAME'],
    ['. -t Team/App', 'Reading the image name "Team/App"'],
    ['. -t r.example/app:bad:tag', 'Reading the image name'],
    ['. -t aa --executor gogle@1.9', 'Did you mean google@1.9?'],
    ['. -t aa --executor google@', '--executor takes google, osscontainertools, chainguard'],
    ['. -t aa --executor google@1@2', '--executor takes google, osscontainertools, chainguard'],
    ['.', 'Name the image with -t'],
  ])('%s', (line, problem) => {
    expect(usageProblem(() => requestsOf(line))).toContain(problem);
  });

  test('nothing that only looks contradictory', () => {
    expect(requestsOf('. -t aa -q --progress quiet --cache=false --no-cache')).toHaveLength(1);
    expect(requestsOf('. --no-push')).toMatchObject([{ destinations: [], push: false }]);
  });
});

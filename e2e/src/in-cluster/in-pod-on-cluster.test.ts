import { afterAll, beforeAll, expect, test } from 'vitest';
import { pushCommandImage } from '../../cluster/command-image.ts';
import { images } from '../../cluster/images.ts';
import { kubeconfigFile, registry } from '../../cluster/layout.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { leftovers, type TestCluster } from '../clusters/test-cluster.ts';
import { goPart } from '../parts/go-part.ts';
import { runProgram } from '../parts/run-program.ts';
import { grantMinimalRole } from './namespace-role.ts';
import { executorFlags } from '../clusters/executor-by-tag.ts';

let target: TestCluster;
let commandImage: string;

beforeAll(async () => {
  target = await startRealCluster();
  [commandImage] = await Promise.all([pushCommandImage(), grantMinimalRole(target)]);
  await target.api.call('POST', `/api/v1/namespaces/${target.namespace}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'app' },
    data: {
      Dockerfile: `FROM ${images.base}\nCOPY hello.txt /\nRUN cat /hello.txt && sleep "$(cat /hello.txt | wc -l)"\n`,
      'hello.txt': 'hello\n',
      Slow: `FROM ${images.base}\nRUN echo waiting && sleep 600\n`,
    },
  });
});
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
});

const build = (tag: string, more = ''): string =>
  `kanikit build /tmp/app -t ${registry}/${tag} ${executorFlags.join(' ')} --insecure-registry ${registry} ${more}`;
/** The files of a config map are links; a context is not. */
const copyContext = 'rm -rf /tmp/app && mkdir /tmp/app && cp -L /context/* /tmp/app';

interface PodBody {
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

async function createPod(name: string, spec: object): Promise<void> {
  await target.api.call('POST', `/api/v1/namespaces/${target.namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: 'kanikit',
      ...spec,
    },
  });
}

async function statusOf(name: string): Promise<NonNullable<PodBody['status']>> {
  const path = `/api/v1/namespaces/${target.namespace}/pods/${name}`;
  return (await target.api.call<PodBody>('GET', path)).body.status ?? {};
}

const contextVolume = { name: 'context', configMap: { name: 'app' } };
const contextMount = { name: 'context', mountPath: '/context' };

/** Runs a script in a pod of its own; what it wrote, and its exit code. */
async function runInPod(
  name: string,
  script: string,
  more: { readonly container?: object; readonly pod?: object; readonly volumes?: readonly object[] } = {},
): Promise<{ readonly log: string; readonly exitCode: number }> {
  await createPod(name, {
    containers: [
      {
        name: 'main',
        image: commandImage,
        command: ['sh', '-c', script],
        volumeMounts: [contextMount],
        ...more.container,
      },
    ],
    volumes: [contextVolume, ...(more.volumes ?? [])],
    ...more.pod,
  });
  const phase = async (): Promise<string> => (await statusOf(name)).phase ?? '';
  await expect.poll(phase, { timeout: 120_000, interval: 200 }).toMatch(/Succeeded|Failed/);
  const path = `/api/v1/namespaces/${target.namespace}/pods/${name}/log`;
  const { body } = await target.api.call<string>('GET', path);
  const [container] = (await statusOf(name)).containerStatuses ?? [];
  return { log: body, exitCode: container?.state?.terminated?.exitCode ?? -1 };
}

async function isInRegistry(repository: string, tag: string): Promise<boolean> {
  const answer = await fetch(`http://${registry}/v2/${repository}/manifests/${tag}`, {
    headers: {
      accept:
        'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
    },
  });
  return answer.ok;
}

test('in a pod: account, namespace and address are found, and the image is built', async () => {
  const { log, exitCode } = await runInPod('builder', `${copyContext} && ${build('in-pod:1')}`);
  expect(log).toContain(`${registry}/in-pod:1`);
  expect(exitCode).toBe(0);
  expect(log).toContain('in-cluster');
  expect(log).toContain(target.namespace);
  // Plain lines: nothing for a terminal.
  expect(log).not.toContain('\u001b');
  expect(await isInRegistry('in-pod', '1')).toBe(true);
  expect(await leftovers(target)).toEqual([]);
});

test('in a pod: doctor finds that builds can run, with the printed Role', async () => {
  const { log, exitCode } = await runInPod('doctor', `kanikit doctor ${executorFlags.join(' ')}`);
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
  expect(log).toContain('Builds can run');
  expect(log).toContain(target.namespace);
});

test('in a pod: a RUN that fails ends the pod with exit code 1, and nothing is left', async () => {
  const script = `${copyContext} && printf 'FROM ${images.base}\\nRUN exit 7\\n' > /tmp/app/Dockerfile && ${build('failing:1')}`;
  const { log, exitCode } = await runInPod('failing', script);
  expect(log).toContain('exit code 7');
  expect(exitCode).toBe(1);
  expect(await leftovers(target)).toEqual([]);
});

/** As OpenShift gives it to a namespace: no entry in `/etc/passwd`, the group root. */
const arbitraryUser = { runAsUser: 1_000_650_000, runAsGroup: 0, runAsNonRoot: true };

test.each([
  ['with the home that the runtime gives it', ''],
  ['without a home', 'env -u HOME '],
])('in a pod that can write nothing but its work folder, as a user without a name, %s', async (how, by) => {
  const tag = `bare-${how.split(' ')[0]}`;
  const script = [
    // What the test is about, held to be so.
    '! touch /tmp/x 2>/dev/null && ! touch /x 2>/dev/null && ! grep -q 1000650000 /etc/passwd',
    'mkdir /scratch/app && cp -L /context/* /scratch/app',
    `${by}${build(`${tag}:1`).replace('/tmp/app', '/scratch/app')}`,
    `${by}kanikit ps`,
    `${by}kanikit prune`,
  ].join(' && ');
  const { log, exitCode } = await runInPod(tag, script, {
    pod: { securityContext: arbitraryUser },
    container: {
      securityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      },
      volumeMounts: [contextMount, { name: 'scratch', mountPath: '/scratch' }],
    },
    volumes: [{ name: 'scratch', emptyDir: {} }],
  });
  expect(exitCode, log).toBe(0);
  expect(log).not.toMatch(/warning|EROFS|EACCES|ENOENT/);
  expect(await isInRegistry(tag, '1')).toBe(true);
  expect(await leftovers(target)).toEqual([]);
});

/**
 * A pod as Jenkins' Kubernetes plugin makes it: an agent beside a container that waits, a user without a name, a shared workspace; steps
 * are run by exec, detached, with output and result in files.
 */
async function createAgentPod(): Promise<void> {
  const workspace = { name: 'workspace-volume', mountPath: '/home/jenkins/agent' };
  const env = Object.entries({
    HOME: '/home/jenkins/agent',
    JENKINS_URL: 'http://jenkins.example.com/',
    JOB_NAME: 'app',
    BUILD_NUMBER: '7',
    CI: 'true',
  }).map(([name, value]) => ({ name, value }));
  await createPod('agent', {
    securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, runAsNonRoot: true },
    containers: [
      { name: 'jnlp', image: images.base, command: ['sleep', '3600'], volumeMounts: [workspace] },
      {
        name: 'kanikit',
        image: commandImage,
        command: ['cat'],
        tty: true,
        stdin: true,
        workingDir: '/home/jenkins/agent',
        env,
        volumeMounts: [workspace, contextMount],
      },
    ],
    volumes: [{ name: 'workspace-volume', emptyDir: {} }, contextVolume],
  });
  const phase = async (): Promise<string> => (await statusOf('agent')).phase ?? '';
  await expect.poll(phase, { timeout: 120_000, interval: 200 }).toBe('Running');
}

async function execInAgent(script: string): Promise<string> {
  const kubectl = await goPart('kubectl', new AbortController().signal);
  const where = ['--kubeconfig', kubeconfigFile, '-n', target.namespace];
  const { stdout } = await runProgram(kubectl, [
    ...where,
    'exec',
    'agent',
    '-c',
    'kanikit',
    '--',
    'sh',
    '-c',
    script,
  ]);
  return stdout;
}

/** Starts a step the way `sh` steps are: in the background, with its output, its result and its number in files, and a cookie in its environment. */
async function startStep(name: string, script: string): Promise<void> {
  await execInAgent(
    `mkdir ${name} && cd ${name} && printf '%s' '${script.replaceAll("'", "'\\''")}' > script.sh && ` +
      `(JENKINS_SERVER_COOKIE=durable-${name} sh -c 'echo $$ > pid; sh -xe script.sh > log.txt 2>&1; echo $? > result.txt' < /dev/null > /dev/null 2>&1 &)`,
  );
}

/** Processes of a step. */
const withCookie = (name: string): string =>
  `$(grep -sl JENKINS_SERVER_COOKIE=durable-${name} /proc/[0-9]*/environ | cut -d / -f 3)`;

/** Ends a step as Jenkins' Kubernetes plugin does: SIGTERM for every process with the step's cookie, shells and all, in no order. */
async function abortStep(name: string): Promise<void> {
  await execInAgent(`kill -TERM ${withCookie(name)}`);
}

async function resultOf(name: string): Promise<{ readonly log: string; readonly result: string }> {
  const result = async (): Promise<string> =>
    (await execInAgent(`cat ${name}/result.txt 2>/dev/null || true`)).trim();
  await expect.poll(result, { timeout: 120_000, interval: 500 }).toMatch(/^\d+$/);
  return { result: await result(), log: await execInAgent(`cat ${name}/log.txt`) };
}

test('in a Jenkins agent pod: a step builds, and one that is aborted leaves nothing', async () => {
  await createAgentPod();
  await startStep('first', `${copyContext}\n${build('jenkins:1')}\n`);
  const { log, result } = await resultOf('first');
  expect(log).toContain(`${registry}/jenkins:1`);
  expect(result).toBe('0');
  expect(log).not.toContain('\u001b');
  expect(await isInRegistry('jenkins', '1')).toBe(true);
  expect(await leftovers(target)).toEqual([]);

  await startStep('second', `${copyContext}\n${build('aborted:1', '-f Slow')}\n`);
  const isWaiting = async (): Promise<boolean> =>
    (await execInAgent('cat second/log.txt')).includes('waiting');
  await expect.poll(isWaiting, { timeout: 120_000, interval: 500 }).toBe(true);
  await abortStep('second');
  const left = async (): Promise<string> => (await execInAgent(`echo ${withCookie('second')}`)).trim();
  await expect.poll(left, { timeout: 60_000, interval: 500 }).toBe('');
  expect(await execInAgent('cat second/log.txt')).toMatch(/CANCELLED/i);
  expect(await leftovers(target)).toEqual([]);
});

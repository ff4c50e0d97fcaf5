/**
 * Flags of docker, buildx and buildah that `kanikit build` does not have: why, and what to use instead. Those of the executor are known by
 * `@kanikit/kaniko`. Short flags are named without their dash.
 */
export const foreignFlags: Readonly<Record<string, string>> = {
  ...sameAnswer(
    ['load'],
    'Images are built in the cluster: there is no docker beside it to load them into. Pull the image once it is pushed.',
  ),
  ...sameAnswer(['ssh'], 'Kaniko has no RUN --mount=type=ssh. Give a token or a key as --secret.'),
  ...sameAnswer(
    ['network'],
    'A RUN has the network of its pod. Shape that with a NetworkPolicy, or with --pod-patch.',
  ),
  ...sameAnswer(
    ['sbom', 'provenance', 'attest'],
    'Kaniko makes no attestations. Make them of the digest that was pushed (--metadata-file has it), with tools such as syft and cosign.',
  ),
  ...sameAnswer(
    ['cache-from', 'cache-to'],
    'The layer cache is one repository, for reading and writing: --cache-repo REPO.',
  ),
  ...sameAnswer(['no-cache-filter'], 'The layer cache is on or off for all stages: --no-cache.'),
  ...sameAnswer(
    ['pull'],
    'Every build has a new pod, which asks the registry for its base images. Leave it out.',
  ),
  ...sameAnswer(
    ['builder'],
    'The cluster is the builder: choose it with --kube-context and --namespace, or take --sandbox.',
  ),
  ...sameAnswer(
    ['shm-size'],
    'A pod has no such setting. Mount memory instead: --pod-patch with an emptyDir of medium Memory on /dev/shm.',
  ),
  ...sameAnswer(['ulimit'], 'Limits of processes are those of the node. Kubernetes has no setting for them.'),
  ...sameAnswer(
    ['cgroup-parent', 'isolation'],
    'The cluster decides how containers are kept apart: choose a --runtime-class, or --user-namespace.',
  ),
  ...sameAnswer(
    ['security-opt', 'allow', 'cap-add', 'cap-drop', 'privileged'],
    'What a RUN may do is what its pod may do: --pod-preset, or a securityContext in --pod-patch.',
  ),
  ...sameAnswer(
    ['squash'],
    'Kaniko can make one layer of each stage: write it behind --, as -- --single-snapshot.',
  ),
  ...sameAnswer(
    ['build-context'],
    'Kaniko takes one context. Copy from an image (COPY --from=IMAGE), or put what is needed into one folder.',
  ),
  ...sameAnswer(
    ['rm', 'force-rm'],
    'Pods are removed after every build. Leave it out; --keep-failed keeps those of builds that failed.',
  ),
  ...sameAnswer(
    ['m', 'memory-swap', 'memory-swappiness'],
    'The memory of a build is that of its pod: --memory AMOUNT.',
  ),
  ...sameAnswer(
    ['cpus', 'cpu-quota', 'cpu-period', 'cpu-shares', 'cpuset-cpus', 'cpuset-mems'],
    'The CPU of a build is that of its pod: --cpu AMOUNT.',
  ),
  ...sameAnswer(['compress'], 'Contexts are always compressed. Leave it out.'),
  ...sameAnswer(['disable-content-trust'], 'Kaniko does not check content trust. Leave it out.'),
  ...sameAnswer(['call', 'check', 'print'], 'There is no linter. --dry-run shows what a build would create.'),
  ...sameAnswer(['format'], 'Say it as --image-format docker or --image-format oci.'),
  ...sameAnswer(['tls-verify'], 'For a registry over plain http there is --insecure-registry HOST.'),
  ...sameAnswer(
    ['creds', 'authfile', 'username', 'password'],
    'Log in with docker login: kanikit takes the credentials of docker, or those of a --registry-secret.',
  ),
  ...sameAnswer(
    ['layers', 'jobs'],
    'It is a flag of buildah. Stages are built one after the other; the layer cache is --cache.',
  ),
};

/** Flags of the executor that `kanikit build` has under another name, or as an argument. */
export const executorFlagHints: Readonly<Record<string, string>> = {
  ...sameAnswer(['destination'], 'Name the image with -t.'),
  ...sameAnswer(['dockerfile'], 'Name the Dockerfile with -f.'),
  ...sameAnswer(['context', 'c'], 'The context is an argument: kanikit build CONTEXT.'),
  ...sameAnswer(['custom-platform', 'customPlatform'], 'Name the platform with --platform.'),
  ...sameAnswer(
    ['digest-file'],
    'Write the digest to a file of this machine with --iidfile or --metadata-file.',
  ),
  ...sameAnswer(
    ['image-name-with-digest-file', 'image-name-tag-with-digest-file'],
    'Write names and digests to a file of this machine with --metadata-file.',
  ),
  ...sameAnswer(['dryrun'], 'See what a build would create with --dry-run.'),
  ...sameAnswer(
    ['git'],
    'A Git context has its branch behind a #, as in https://HOST/REPO.git#BRANCH; there are --git-depth and --git-submodules.',
  ),
  ...sameAnswer(
    ['insecure', 'insecure-pull'],
    'For registries over plain http, name each with --insecure-registry HOST.',
  ),
  ...sameAnswer(
    ['log-format', 'log-timestamp'],
    'kanikit reads the log in a format of its own choice. Its displays are chosen with --progress.',
  ),
  ...sameAnswer(['kaniko-dir', 'force'], 'kanikit decides that by itself. Leave it out.'),
};

function sameAnswer(names: readonly string[], answer: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, answer]));
}

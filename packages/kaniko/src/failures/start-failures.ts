import { entry, type FailureEntry } from './failure-entry.ts';

/** Refused before anything is built: flags, context, Dockerfile. */
export const startFailures: readonly FailureEntry[] = [
  entry(
    'container-not-detected',
    /kaniko should only be run inside of a container/,
    'The executor found no sign that it runs in a container, and refuses to work on what may be a real machine.',
    'Pass --force to the executor, or set the environment variable container=kube in its pod.',
  ),
  entry(
    'flag-unknown',
    /^Error: unknown (?:shorthand )?flag|^Error: unknown command/,
    'This release of the executor does not have the flag.',
    'Remove the flag, correct its spelling, or choose a release of the executor that has it.',
  ),
  entry(
    'destination-missing',
    /you must provide --destination/i,
    'No destination to push to was given.',
    'Give a destination, or --no-push.',
  ),
  entry(
    'secret-missing',
    /error resolving secrets: /,
    'The source of a build secret does not exist where the executor runs.',
    'Check id, src and env of the secret; the file or variable must exist in the executor pod.',
  ),
  entry(
    'cache-repository-unknown',
    /cache repo can't be deduced|specify cache repo with --cache-repo/,
    'The layer cache is on, but nothing says where it is.',
    'Give --cache-repo, or a destination from which it can be inferred.',
  ),
  entry(
    'context-missing',
    /please specify a path to the build context/,
    'No build context was given.',
    'Give --context.',
  ),
  entry(
    'context-scheme-unknown',
    /unknown build context prefix provided/,
    'The executor does not know the kind of context that the prefix names.',
    'Use gs://, s3://, dir://, tar://, git:// or https://. Plain http:// is not supported.',
  ),
  entry(
    'context-stdin-missing',
    /error resolving source context: .*no data found/,
    'The context should come from standard input, but nothing was attached to it.',
    'The container needs stdin: true, stdinOnce: true and tty: false, and someone who sends the archive.',
  ),
  entry(
    'context-broken-off',
    /error resolving source context: .*(?:Get "[^"]*": |HTTPSTar bad status from server: 5\d\d|read tcp |connection reset)/,
    'The place that holds the context could not be reached, or broke off.',
    'Build again. If it persists, check that pods reach the server: network policy, proxy, certificate authority.',
    true,
  ),
  entry(
    'context-archive-invalid',
    /error resolving source context: .*(?:gzip: |archive\/tar: |(?:unexpected )?EOF$|flate: )/m,
    'The context archive is cut off or is not a gzip-compressed tar.',
    'Send a complete .tar.gz: plain tar, xz, bzip2 and zstd are not read.',
  ),
  entry(
    'context-git-reference-unknown',
    /error resolving source context: .*(?:reference not found|invalid branch: |couldn't find remote ref|does not support exact SHA1|object not found)/,
    'The Git repository does not have the branch, tag or commit.',
    'Check the reference. A bare commit works only where the server allows fetching it; else name the branch before it (#refs/heads/main#<commit>).',
  ),
  entry(
    'context-denied',
    /error resolving source context: .*(?:authentication required|authorization failed|repository not found|AccessDenied|Forbidden|40[13]\b|credentials|AZURE_STORAGE_ACCESS_KEY|could not find default)/i,
    'The place that holds the context did not let the executor in.',
    'Check the credentials that the pod has for the context: Git user or token, or the identity for the bucket.',
  ),
  entry(
    'context-unreadable',
    /error resolving source context: /,
    'The executor could not get the build context.',
    'Read the reason in the message; check that the executor can reach the place and that the object exists.',
  ),
  entry(
    'executor-not-root',
    /chown \S*\/Dockerfile: operation not permitted/,
    'The executor does not run as root.',
    'Remove runAsUser and runAsNonRoot from the pod: the executor must be user 0.',
  ),
  entry(
    'dockerfile-missing',
    /error resolving dockerfile path: /,
    'The Dockerfile is not in the context.',
    'Check the path of the Dockerfile, relative to the context; a sub path of the context works only with a context that has a prefix such as dir://.',
  ),
  entry(
    'flag-invalid',
    /^Error: |^error building image: (?:labels must be of the form|.* is not a valid snapshot mode)|^failed to set registry m|^invalid value .* for KANIKO_|^[Cc]ould not parse duration|^unsupported compression/,
    'A flag, a combination of flags or an environment variable has a value that the executor refuses.',
    'Correct the value that the message names.',
  ),
  entry(
    'platform-invalid',
    /[Ii]nvalid platform /,
    'The value of --custom-platform is no platform.',
    'Write it as os/architecture, for example linux/arm64.',
  ),
  entry(
    'target-unknown',
    /is not a valid target build stage|finding target stage/i,
    'The Dockerfile has no stage of the name given as target.',
    'Use the name of a stage (FROM … AS name); numbers are not accepted.',
  ),
  entry(
    'dockerfile-invalid',
    /parsing dockerfile: |dockerfile parse error|unknown instruction: |parsing stages: /i,
    'The Dockerfile has a mistake in its syntax, or uses syntax that this release of the executor does not know.',
    'Correct the line the message names, or use a newer release of the executor.',
  ),
];

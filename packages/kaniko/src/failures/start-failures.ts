import { entry, type FailureEntry } from './failure-entry.ts';

/** Refused before anything is built: flags, context, Dockerfile. */
export const startFailures: readonly FailureEntry[] = [
  entry(
    'container-not-detected',
    /^kaniko should only be run inside of a container/,
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
    'Give a destination (`destinations`), or `push: false`.',
  ),
  entry(
    'cache-repository-unknown',
    /cache repo can't be deduced|specify cache repo with --cache-repo/,
    'The layer cache is on, but nothing says where it is.',
    'Give `cache.repository`, or a destination from which it can be inferred.',
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

import { entry, type FailureEntry } from './failure-entry.ts';

/** Failures of an instruction, and of the machine while it is carried out. */
export const stepFailures: readonly FailureEntry[] = [
  entry(
    'disk-full',
    /no space left on device/i,
    'The node, or the volume that the build writes to, is full.',
    'Give the pod more ephemeral storage; the executor needs about base image + layers + one more copy of each layer.',
  ),
  entry(
    'run-killed',
    /waiting for process to exit: (?:signal: |exit status 137$)/,
    'The command of a RUN was killed: by the signal that the message names (exit status 137 is most likely SIGKILL). SIGKILL comes nearly always because its memory was not enough.',
    'Raise the memory limit of the pod, or let the command use less (fewer parallel jobs).',
  ),
  entry(
    'run-failed',
    /waiting for process to exit: exit status \d+/,
    'The command of a RUN ended with an exit status other than 0.',
    'The reason is in the last lines that the command printed.',
  ),
  entry(
    'user-unknown',
    /is not a uid and does not exist on the system|unknown user |unable to find (?:user|group) |getting (?:user group|uid and gid)/i,
    'The image has no user or group of that name.',
    'Create the user before the step, or use a number.',
  ),
  entry(
    'run-wrong-architecture',
    /exec format error/,
    'The command is made for another architecture, or is a script without #!.',
    'Run the build on a node of the image’s architecture (the executor does not emulate), or give the script its first line.',
  ),
  entry(
    'run-shell-missing',
    /fork\/exec \/(?:usr\/)?bin\/(?:ba|da|a|z)?sh: no such file or directory/,
    'The image has no shell to run the command with.',
    'Use a base image with a shell for stages with RUN, or the exec form with a program that exists.',
  ),
  entry(
    'tini-missing',
    /fork\/exec \S*\/tini: no such file or directory/,
    'The executor starts commands through tini, and its image does not have it.',
    'Turn the feature flag FF_KANIKO_RUN_VIA_TINI off, or use an image of the executor that has tini.',
  ),
  entry(
    'run-not-startable',
    /(?:^|: )(?:starting command|failed to execute command: credentials): /,
    'The command of a RUN could not be started.',
    'Check that the program exists in the image, is executable, and that the user of the step exists.',
  ),
  entry(
    'secret-missing',
    /(?:^|: )(?:secret not defined|error resolving secrets): /,
    'A build secret that the Dockerfile requires was not given, or its source does not exist where the executor runs.',
    'Give it (`secrets: id=…`), and check id, src and env of the secret.',
  ),
  entry(
    'run-mount-unsupported',
    /(?:^|: )unsupported mount type/,
    'A RUN has a mount of a kind that the executor does not know.',
    'Use a mount of the type bind, cache or secret.',
  ),
  entry(
    'heredoc-unsupported',
    /resolved envs is empty/,
    'This release of the executor does not know heredocs.',
    'Use a release that does (the maintained fork, 1.25.4 and later), or write the file into the context.',
  ),
  entry(
    'executor-overwritten',
    /text file busy/,
    'A step writes over the executor’s own files in /kaniko.',
    'Do not copy to /kaniko (or to / from a tree that has it); the fork can move its directory with KANIKO_DIR.',
  ),
  entry(
    'copy-destination-not-directory',
    /destination must be a directory and end in/,
    'Several files are copied to one that is not marked as a directory.',
    'End the destination with a slash.',
  ),
  entry(
    'copy-chmod-invalid',
    /(?:^|: )getting permissions from chmod: /,
    'The executor can not read the mode of a COPY or ADD.',
    'Write --chmod as an octal number such as 755; modes in words (u=rwx) need osscontainertools 1.28.0 or later.',
  ),
  entry(
    'file-name-too-long',
    /file name too long/,
    'A copy of / runs into the executor’s own directories and never ends.',
    'Copy only the directories that are needed.',
  ),
  entry(
    'snapshot-timeout',
    /timed out snapshotting FS/i,
    'Looking for changed files took longer than allowed.',
    'Use --snapshot-mode=redo, ignore large paths with --ignore-path, or raise SNAPSHOT_TIMEOUT_DURATION.',
  ),
  entry(
    'capability-attribute-denied',
    /failed to write "security\.capability" attribute/,
    'A file capability could not be set.',
    'The container needs SETFCAP, and a file system with extended attributes.',
  ),
  entry(
    'ownership-denied',
    /l?chown \S+: (?:operation not permitted|invalid argument)|failed to get filesystem from image: .{0,2000}operation not permitted/,
    'The owner of a file could not be set.',
    'The executor must be root with the default capabilities of the runtime (CHOWN, FOWNER, DAC_OVERRIDE …); in a user namespace the ids of the image must be mapped.',
  ),
  entry(
    'path-mounted',
    /device or resource busy|read-only file system/,
    'A volume is mounted over a path that the build wants to replace or delete.',
    'Name the path with --ignore-path, or do not mount there.',
  ),
  entry(
    'source-missing',
    /failed to get files used from context: |copy failed: no source files specified|failed to get fileinfo for .{0,2000}no such file or directory|lstat \/(?:workspace|kaniko)\/\S+: no such file or directory|copying bind source .{0,2000}no such file or directory/,
    'A COPY, ADD or bind mount names a file that does not exist in the context or in the stage it copies from.',
    'Check the path against the context and its ignore file; for --from check that the earlier stage makes the file.',
  ),
];

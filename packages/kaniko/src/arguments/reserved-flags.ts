/**
 * Flags that can't be passed through, with what to do instead: kanikit has to know them (it packs the context, gets
 * credentials for the destinations, maps the log to the target's stages), or they make a run that looks like a build and is none.
 */
export const reservedFlags: ReadonlyMap<string, string> = new Map([
  ['context', 'Name the context in the build itself.'],
  ['context-sub-path', 'Set the context sub path of the build.'],
  ['bucket', 'Name the context as gs://bucket/path.'],
  ['dockerfile', 'Set the Dockerfile of the build.'],
  ['destination', 'Add the name to the destinations of the build.'],
  ['no-push', 'Turn off push in the build.'],
  ['target', 'Set the target of the build.'],
  ['custom-platform', 'Set the platform of the build.'],
  ['log-format', 'kanikit reads the log in a format of its own choice; its displays show it in any.'],
  ['log-timestamp', 'Every line already has the time of the cluster.'],
  ['digest-file', 'The digest is in the result of the build and in its metadata file.'],
  ['kaniko-dir', 'Credentials and certificates are mounted below /kaniko.'],
  ['dryrun', 'A dry run of kanikit shows what would be created.'],
  ['help', 'It prints the help of the executor and builds nothing.'],
  ['h', 'It prints the help of the executor and builds nothing.'],
]);

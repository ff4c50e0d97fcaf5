const image: string = 'gcr.io/kaniko-project/executor:v1.24.0';

/** The executor of the clusters of tests. It was built here, so its image has the original's name and tag, and another digest than kanikit asks for. */
export const executorByTag: {
  readonly distribution: 'google';
  readonly version: string;
  readonly image: string;
} = { distribution: 'google', version: '1.24.0', image };

/** The same as flags of the command. */
export const executorFlags: readonly string[] = ['--executor=google@1.24.0', `--executor-image=${image}`];

/** The same as variables of the command. */
export const executorVariables: Readonly<Record<string, string>> = {
  KANIKIT_EXECUTOR_RELEASE: 'google@1.24.0',
  KANIKIT_EXECUTOR_IMAGE: image,
};

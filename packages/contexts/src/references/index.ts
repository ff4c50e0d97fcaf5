// Which source takes a reference: what can be known without loading the source.
export { isAzureReference } from '../azure-blob/parse-azure-reference.ts';
export { isExecutorPath } from '../executor-path/is-executor-path.ts';
export { isGcsReference } from '../gcs/is-gcs-reference.ts';
export { isGitReference } from '../git/git-reference.ts';
export { isHttpsReference } from '../https/is-https-reference.ts';
export { isLocalReference } from '../local/is-local-reference.ts';
export { isS3Reference } from '../s3/is-s3-reference.ts';
export { isStdinReference } from '../stdin/is-stdin-reference.ts';
export { isTarReference } from '../tar/is-tar-reference.ts';

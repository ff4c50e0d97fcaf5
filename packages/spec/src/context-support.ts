/** What an executor can fetch by itself; differs by distribution and release. */
export interface ExecutorContextSupport {
  /** For messages: `google 1.24.0`. */
  readonly executor: string;
  /** Kinds of contexts that the executor fetches, and fetches rightly. */
  readonly kinds: readonly ('stdin' | 'git' | 's3' | 'gcs' | 'azure-blob' | 'https')[];
  /** `--context-sub-path`. */
  readonly hasSubPath: boolean;
  /** Keys that `--git` takes: `branch`, `single-branch`, `recurse-submodules`, `insecure-skip-tls`, `depth`. */
  readonly gitOptions: readonly string[];
  /** True when refs other than branches and tags (`refs/pull/7/head`) can be named and are fetched. */
  readonly hasGitRefs: boolean;
}

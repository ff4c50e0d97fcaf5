import type { KanikitError } from '@kanikit/spec';
import type { SandboxDescription, SandboxProgress } from './description.ts';

/** What a starting daemon tells the process that started it. */
export type DaemonMessage =
  | { readonly type: 'progress'; readonly progress: SandboxProgress }
  | { readonly type: 'ready'; readonly description: SandboxDescription }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly code?: KanikitError['code'];
      readonly hint?: string | undefined;
    };

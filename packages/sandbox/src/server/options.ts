import type { PodRuntime } from '../node/pod-runtime.ts';
import type { SandboxUser } from '../kubernetes/access.ts';
import type { RequestHandler } from '../registry/handler.ts';
import type { SandboxProgress } from './description.ts';

/** The servers of a sandbox. */
export type SandboxServer = 'api' | 'registry' | 'bucket' | 'bucketHttp';

/** What can also be given to a daemon: plain data. */
export interface SandboxSettings {
  /** Where everything is kept. @default `$XDG_DATA_HOME/kanikit/sandbox` or `~/.local/share/kanikit/sandbox` */
  readonly folder?: string | undefined;
  /** Ports to insist on; 0 is a free one. @default the ones of the last start, else 17443 to 17446, else free ones */
  readonly ports?: Readonly<Partial<Record<SandboxServer, number>>> | undefined;
  /** Plays a recorded executor log in every pod instead of building. */
  readonly simulate?:
    | {
        readonly logFile: string;
        readonly exitCode?: number | undefined;
        readonly linesPerSecond?: number | undefined;
      }
    | undefined;
  /** Whether the registry gets a base image made of this machine's shell and tools. @default true */
  readonly hasBaseImage?: boolean | undefined;
}

export interface SandboxOptions extends SandboxSettings {
  /** What runs the pods, e.g. `createScriptedRuntime(…)`. @default a node that runs real executors */
  readonly runtime?: PodRuntime | undefined;
  /** Users of the API besides its administrator, e.g. ones with few rights. */
  readonly users?: readonly SandboxUser[] | undefined;
  /** For tests: sees each request before the registry or the bucket does; true means that it has answered it. */
  readonly intercept?:
    | Readonly<Partial<Record<'registry' | 'bucket', (...call: Parameters<RequestHandler>) => boolean>>>
    | undefined;
  readonly onProgress?: ((progress: SandboxProgress) => void) | undefined;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal | undefined;
}

import type { HostTools } from './host-tools.ts';
import type { Isolation } from './isolation.ts';
import type { ObtainedExecutor } from './obtain-executor.ts';

/** What all pods of a node share. */
export interface NodeContext {
  readonly podsFolder: string;
  /** Found out once, on first use. */
  readonly isolation: () => Promise<Isolation>;
  readonly tools: () => Promise<HostTools>;
  /** Settles once no tools are being collected. */
  readonly toolsCollected: () => Promise<unknown>;
  readonly obtain: (image: string, signal: AbortSignal) => Promise<ObtainedExecutor>;
  /** Certificates that pods trust besides the machine's (PEM). */
  readonly certificates: () => string;
  readonly storageCheckMs: number;
  readonly now: () => Date;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodePod } from '../../node/pod-runtime.ts';
import type { SandboxUser } from '../access.ts';
import type { RequestInfo } from '../http/request-info.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** What every handler works with. */
export interface ApiContext {
  readonly store: ObjectStore;
  readonly now: () => number;
  /** The node's side of a pod, by uid; undefined before the pod is bound. */
  readonly nodePod: (uid: string) => NodePod | undefined;
}

/** One authorised request for a resource. */
export interface Call {
  readonly info: RequestInfo;
  readonly user: SandboxUser;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

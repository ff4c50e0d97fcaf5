import type { BuildRequest, DockerfileOutline, NoticeEvent, PreparedContext } from '@kanikit/spec';
import type { ResolvedExecutor, ResolvedFeatures } from '@kanikit/kaniko';
import type { ResolvedSecrets } from './resolved-secrets.ts';
import type { ChosenDelivery } from './chosen-delivery.ts';

/** A build that passed the checks that need no cluster: ready to be planned and delivered. */
export interface PreparedBuild {
  readonly id: string;
  readonly name: string;
  readonly request: BuildRequest;
  readonly executor: ResolvedExecutor;
  readonly context: PreparedContext;
  readonly delivery: ChosenDelivery;
  /** Undefined where the client can't read the Dockerfile (remote contexts). */
  readonly outline: DockerfileOutline | undefined;
  /** Content of the minimal docker `config.json`; undefined for anonymous access or with a `registrySecret`. */
  readonly dockerConfig: string | undefined;
  /** When its context was opened, by the steady clock. */
  readonly preparedAtMs: number;
  readonly secrets: ResolvedSecrets;
  readonly features: ResolvedFeatures;
  readonly notices: readonly Omit<NoticeEvent, 'type'>[];
}

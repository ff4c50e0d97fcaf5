import { isKanikitError, parseImageReference, type ExecutorDistribution } from '@kanikit/spec';

/** What an image name asks for. */
export interface WantedExecutor {
  readonly distribution: ExecutorDistribution;
  /** Undefined where the tag names no release (`latest`, `debug`, a digest). */
  readonly version: string | undefined;
  readonly kind: 'executor' | 'slim' | 'debug';
  /** Set when the image is a copy outside the distribution's own registries. */
  readonly mirror: string | undefined;
}

interface KnownImage {
  readonly registry: string;
  readonly repository: string;
  readonly distribution: ExecutorDistribution;
}

const knownImages: readonly KnownImage[] = [
  { registry: 'gcr.io', repository: 'kaniko-project/executor', distribution: 'google' },
  { registry: 'ghcr.io', repository: 'osscontainertools/kaniko', distribution: 'osscontainertools' },
  { registry: 'index.docker.io', repository: 'martizih/kaniko', distribution: 'osscontainertools' },
  { registry: 'cgr.dev', repository: 'chainguard/kaniko', distribution: 'chainguard' },
  { registry: 'cgr.dev', repository: 'chainguard-private/kaniko', distribution: 'chainguard' },
];

/** Reads an executor image's name; copies in other registries count when their path ends like the original. Undefined for any other image. */
export function parseExecutorImage(
  image: string,
  more: Readonly<Record<string, ExecutorDistribution>> = {},
): WantedExecutor | undefined {
  try {
    const { registry, repository, tag } = parseImageReference(image);
    const known = knownImages.find(
      (entry) => repository === entry.repository || repository.endsWith(`/${entry.repository}`),
    );
    const name = `${registry}/${repository}`;
    const distribution = more[name] ?? more[repository] ?? known?.distribution;
    if (distribution === undefined) return undefined;
    const isOriginal = known?.registry === registry && known.repository === repository;
    const kind = /(?:^|-)(slim|debug)$/.exec(tag ?? '')?.[1];
    if (/(?:^|-)(?:warmer|bootstrap|alpine)$/.test(tag ?? '')) return undefined;
    return {
      distribution,
      version: /^v?(\d+\.\d+\.\d+(?:-\d+)?)(?:-[a-z]+)?$/.exec(tag ?? '')?.[1],
      kind: kind === 'slim' || kind === 'debug' ? kind : 'executor',
      mirror: isOriginal ? undefined : image,
    };
  } catch (error) {
    if (isKanikitError(error)) return undefined;
    throw error;
  }
}

/** The image's own settings, as its Dockerfile (`deploy/Dockerfile`) makes them. */
export function imageConfig(kind: WantedExecutor['kind']): {
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly workingDir: string;
} {
  const env = {
    PATH: kind === 'debug' ? '/usr/local/bin:/kaniko:/busybox' : '/usr/local/bin:/kaniko',
    HOME: '/root',
    USER: 'root',
    SSL_CERT_DIR: '/kaniko/ssl/certs',
  };
  const helpers = {
    DOCKER_CONFIG: '/kaniko/.docker/',
    DOCKER_CREDENTIAL_GCR_CONFIG: '/kaniko/.config/gcloud/docker_credential_gcr_config.json',
  };
  const entrypoint = ['/kaniko/executor'];
  return kind === 'slim'
    ? { env, entrypoint, workingDir: '/' }
    : { env: { ...env, ...helpers }, entrypoint, workingDir: '/workspace' };
}

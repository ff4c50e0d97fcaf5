import type { RunContext } from '@kanikit/spec';

/** How the doctor asks registries; handed in by the caller. Credentials stay inside. */
export interface DoctorTools {
  /** Where the credential for a registry comes from, for people; undefined where there is none. */
  locateCredential(registry: string, run: RunContext): Promise<string | undefined>;
  /** How a registry greets this client, with the credential it has. Throws where it does not answer. */
  pingRegistry(
    registry: string,
    options: { readonly isInsecure: boolean },
    run: RunContext,
  ): Promise<{ readonly kind: 'open' | 'accepted' | 'refused' | 'strange'; readonly status: number }>;
  /** What a registry knows of an image. Throws where it does not answer. */
  lookUpImage(
    image: string,
    options: { readonly isInsecure: boolean },
    run: RunContext,
  ): Promise<{
    readonly kind: 'found' | 'missing' | 'denied' | 'strange';
    readonly status?: number;
    readonly platforms?: readonly string[] | undefined;
  }>;
}

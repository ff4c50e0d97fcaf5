import { type Manifest, parseQuantity } from '@kanikit/spec';

interface PodShape {
  readonly containers?: readonly {
    readonly resources?: {
      readonly requests?: Readonly<Record<string, string>>;
      readonly limits?: Readonly<Record<string, string>>;
    };
  }[];
}

/**
 * What a build takes of a quota: its pod, its secret, and the requests and limits it names; a limit without a request is its request, too.
 * Keys are those of a ResourceQuota.
 */
export function asksOf(manifest: Manifest): Readonly<Record<string, number>> {
  const asks: Record<string, number> = { pods: 1, 'count/pods': 1, secrets: 1, 'count/secrets': 1 };
  const add = (name: string, amount: string): void => {
    asks[name] = (asks[name] ?? 0) + (parseQuantity(amount) ?? 0);
  };
  for (const { resources } of (manifest['spec'] as PodShape).containers ?? []) {
    for (const [name, amount] of Object.entries({ ...resources?.limits, ...resources?.requests })) {
      add(`requests.${name}`, amount);
      add(name, amount);
    }
    for (const [name, amount] of Object.entries(resources?.limits ?? {})) add(`limits.${name}`, amount);
  }
  return asks;
}

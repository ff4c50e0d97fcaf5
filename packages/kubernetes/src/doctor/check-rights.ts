import { type Finding, look, type RunContext } from '@kanikit/spec';
import { grants, isAllowed, readRules } from './access/access-reviews.ts';
import { type Feature, features, rightsInWords, type Right, rightsOf } from './access/rights.ts';
import type { ApiClient } from '../api/client/api-client.ts';

/** What is lost without the rights of a feature. */
const losses: Readonly<Record<Exclude<Feature, 'build'>, string>> = {
  stdin: 'contexts can not be streamed to the executor: they need a bucket',
  'launch-ahead': 'pods start after the upload of their context, not while it runs',
  quota: 'builds that wait for a quota ask again now and then, instead of being told',
  explain: 'why a pod waits is told from its status only, without the events of the cluster',
  'come-back': 'kanikit ps, logs, attach and inspect do not work',
  cancel: 'kanikit cancel does not work, or does not say who cancelled',
  heartbeat: 'other clients can not tell whether the client of a long build is alive',
  job: 'builds can not run as Jobs',
  prune: 'kanikit prune does not find or remove everything that killed clients left',
  doctor: 'this report can not tell of quotas, limits, service account and Pod Security level',
};

/** The rights of every feature, one finding for each that lacks some. */
export async function checkRights(
  client: ApiClient,
  { namespace, isAttachNeeded }: { readonly namespace: string; readonly isAttachNeeded: boolean },
  run: RunContext,
): Promise<readonly Finding[]> {
  const missing = new Map<Feature, readonly Right[]>();
  const overall = await look({ check: 'rights', title: 'Rights' }, run, async ({ signal }) => {
    const { rules } = await readRules(client, namespace, signal);
    const unclear = rightsOf(features).filter(
      (right) => !rules.some((rule) => grants(rule, right, namespace)),
    );
    // A right that several features use is asked for once.
    const asked = Map.groupBy(unclear, keyOf);
    const answers = await Promise.all(
      [...asked.values()].map(async ([right]) => isAllowed(client, namespace, right as Right, signal)),
    );
    const denied = new Set([...asked.keys()].filter((_key, index) => answers[index] === false));
    for (const [feature, rights] of Map.groupBy(
      unclear.filter((right) => denied.has(keyOf(right))),
      of,
    )) {
      missing.set(feature, rights);
    }
    return { status: 'ok', message: `all that builds and kanikit's commands need in ${namespace}` };
  });
  if (overall.status !== 'ok' || missing.size === 0) return [overall];
  return [...missing].map(([feature, rights]) =>
    lacking(feature, rights, {
      namespace,
      isNeeded: feature === 'build' || (feature === 'stdin' && isAttachNeeded),
    }),
  );
}

function lacking(
  feature: Feature,
  rights: readonly Right[],
  { namespace, isNeeded }: { readonly namespace: string; readonly isNeeded: boolean },
): Finding {
  const lost = feature === 'build' ? 'builds can not run' : losses[feature];
  const isProblem = isNeeded && rights.some(({ isOptional }) => !isOptional);
  return {
    check: `rights-${feature}`,
    title: `Rights: ${feature}`,
    status: isProblem ? 'problem' : 'warning',
    code: 'cluster-denied',
    message: `missing: ${rightsInWords(rights)}. Without: ${lost}`,
    hint: `\`minimalRole({ namespace: '${namespace}' })\` gives the Role to ask for.`,
  };
}

function of({ feature }: Right): Feature {
  return feature;
}

function keyOf({ verb, group, resource, subresource }: Right): string {
  return [verb, group, resource, subresource ?? ''].join('/');
}

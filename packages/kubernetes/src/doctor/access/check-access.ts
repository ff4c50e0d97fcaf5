import { isKanikitError, type Problem } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { grants, isAllowed, names, readRules } from './access-reviews.ts';
import { missingNamespace } from '../../explain/missing-namespace.ts';
import { type Feature, rightsInWords, type Right, rightsOf } from './rights.ts';

/** What a build does where it may, and does without where it may not. */
const optionalFeatures: readonly Feature[] = ['launch-ahead', 'heartbeat'];

/** The right to look at a namespace. */
const looking = { verb: 'get', group: '', resource: 'namespaces', subresource: undefined };

/**
 * Asks whether the server is there, the namespace exists and everything a build does is allowed. One request where all is well, and a second for a
 * namespace that may be missing; what the list of rules does not grant is asked one by one, since some authorizers can't list theirs.
 */
export async function checkAccess(
  client: ApiClient,
  namespace: string,
  options: {
    readonly isAttachNeeded: boolean;
    readonly isJobNeeded: boolean;
    /** True for a namespace that is there by all we know: it is not looked for. */
    readonly isNamespaceThere: boolean;
    readonly signal: AbortSignal;
    /** Told which of the optional features the rules allow. */
    readonly onOptional: (allowed: ReadonlySet<Feature>) => void;
  },
): Promise<readonly Problem[]> {
  const { signal } = options;
  const neededRights = rightsOf([
    'build',
    ...(options.isAttachNeeded ? (['stdin'] as const) : []),
    ...(options.isJobNeeded ? (['job'] as const) : []),
  ]);
  try {
    const { rules, isIncomplete } = await readRules(client, namespace, signal);
    const isGranted = (right: Parameters<typeof grants>[1]): boolean =>
      rules.some((rule) => grants(rule, right, namespace));
    // Who may not look learns nothing by asking.
    const isThere = options.isNamespaceThere || rules.some((rule) => names(rule, namespace));
    const isLookedFor = !isThere && (isIncomplete || isGranted(looking));
    const missing = isLookedFor ? await missingNamespace(client, namespace, signal) : undefined;
    if (missing !== undefined) return [missing];
    // Asked of the rules only: builds do without.
    options.onOptional(new Set(optionalFeatures.filter((feature) => rightsOf([feature]).every(isGranted))));
    const unclear = neededRights.filter((right) => !isGranted(right));
    const answers = await Promise.all(unclear.map((right) => isAllowed(client, namespace, right, signal)));
    const lacking = unclear.filter((_, index) => answers[index] === false);
    return lacking.length === 0 ? [] : [denied(lacking, namespace)];
  } catch (error) {
    if (signal.aborted || !isKanikitError(error)) throw error;
    return [{ code: error.code, message: error.message, hint: error.hint }];
  }
}

/** One problem for all of them: one Role mends it. */
function denied(lacking: readonly Right[], namespace: string): Problem {
  return {
    code: 'cluster-denied',
    message: `Checking access to namespace ${namespace}: not allowed to ${rightsInWords(lacking)}.`,
    hint: `Ask for the Role that this gives: \`minimalRole({ namespace: '${namespace}' })\`.`,
  };
}

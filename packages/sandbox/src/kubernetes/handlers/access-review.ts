import { type AccessRule, isAllowed } from '../access.ts';
import { type Answer } from '../http/answer.ts';
import { readJson } from '../http/body.ts';
import type { Call } from './context.ts';
import { readObject } from './read-object.ts';

/** `POST` of a self subject access or rules review. */
export async function review(call: Call): Promise<Answer> {
  const { type, query } = call.info;
  const { object } = readObject(type, await readJson(call.request), query);
  const { rules } = call.user;
  const spec = (object['spec'] ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  const { namespace } = (object['spec'] ?? {}) as { readonly namespace?: string };
  const status =
    type.kind === 'SelfSubjectRulesReview'
      ? rulesStatus(rules.filter((rule) => holdsIn(rule, namespace ?? '')))
      : accessStatus(rules, spec);
  return { code: 201, body: { ...object, metadata: { creationTimestamp: null }, spec, status } };
}

function accessStatus(
  rules: readonly AccessRule[],
  spec: Readonly<Record<string, Readonly<Record<string, string>>>>,
): unknown {
  const wanted = spec['resourceAttributes'];
  // Discovery, health and version are open to every user of the sandbox.
  if (wanted === undefined) return { allowed: spec['nonResourceAttributes']?.['verb'] === 'get' };
  const { verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = wanted;
  return { allowed: isAllowed(rules, { verb, group, resource, subresource, namespace, name }) };
}

function holdsIn({ namespaces = ['*'] }: AccessRule, namespace: string): boolean {
  return namespaces.includes('*') || namespaces.includes(namespace);
}

function rulesStatus(rules: readonly AccessRule[]): unknown {
  return {
    resourceRules: rules.map(({ verbs, resources, apiGroups = ['*'], resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    })),
    nonResourceRules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/openapi',
          '/openapi/*',
          '/readyz',
          '/version',
          '/version/',
        ],
      },
    ],
    incomplete: false,
  };
}

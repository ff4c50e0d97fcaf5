import type { ProxySettings } from '../build-secret.ts';
import type { SecretKey } from '../delivery.ts';
import type { PodPatch, JsonPatchOperation } from '../pod-patch.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { EnvSource, EnvValue, ResourceAmounts } from '../pod-shape.ts';
import type { PodSettings } from '../request.ts';
import { jsonObject, jsonValue } from './json-value.ts';
import { schemaOf } from './same-type.ts';
import {
  anyText,
  choice,
  count,
  fields,
  flag,
  list,
  maybe,
  oneOf,
  record,
  text,
  variants,
} from './shapes.ts';
import type { Schema } from './shapes.ts';

const kubernetesObject: Schema<KubernetesObject> = schemaOf<KubernetesObject>()(jsonObject);

const amounts: Schema<ResourceAmounts> = schemaOf<ResourceAmounts>()(
  fields({ cpu: maybe(text), memory: maybe(text), ephemeralStorage: maybe(text) }),
);

const absent = maybe(choice());

const envValue = schemaOf<EnvValue>()(
  oneOf(
    'a string, { secret, key }, { configMap, key } or { valueFrom }',
    anyText,
    schemaOf<SecretKey>()(fields({ secret: text, key: text, isOptional: maybe(flag) })),
    fields({ configMap: text, key: text, isOptional: maybe(flag) }),
    fields({ valueFrom: kubernetesObject }),
  ),
);

const envSource = schemaOf<EnvSource>()(
  oneOf(
    '{ secret } or { configMap }',
    fields({ secret: text, configMap: absent, prefix: maybe(anyText), isOptional: maybe(flag) }),
    fields({ configMap: text, secret: absent, prefix: maybe(anyText), isOptional: maybe(flag) }),
  ),
);

const patchOperation = schemaOf<JsonPatchOperation>()(
  fields({
    op: choice('add', 'remove', 'replace', 'move', 'copy', 'test'),
    path: anyText,
    from: maybe(anyText),
    value: maybe(jsonValue),
  }),
);

const patch = schemaOf<PodPatch>()(
  variants(
    'type',
    '{ type: "strategic", patch: object } or { type: "json", patch: list }',
    fields({ type: choice('strategic'), patch: kubernetesObject }),
    fields({ type: choice('json'), patch: list(patchOperation) }),
  ),
);

const proxy = schemaOf<ProxySettings>()(
  fields({ http: maybe(text), https: maybe(text), none: maybe(anyText) }),
);

export const podSettingsSchema: Schema<PodSettings> = schemaOf<PodSettings>()(
  fields({
    namespace: maybe(text),
    name: maybe(text),
    podAs: maybe(choice('pod', 'job')),
    preset: maybe(choice('baseline', 'least-privilege', 'openshift')),
    requests: maybe(amounts),
    limits: maybe(amounts),
    nodeSelector: maybe(record(anyText)),
    tolerations: maybe(list(kubernetesObject)),
    affinity: maybe(kubernetesObject),
    topologySpreadConstraints: maybe(list(kubernetesObject)),
    priorityClass: maybe(text),
    runtimeClass: maybe(text),
    schedulerName: maybe(text),
    serviceAccount: maybe(text),
    mountServiceAccountToken: maybe(flag),
    imagePullSecrets: maybe(list(text)),
    imagePullPolicy: maybe(choice('Always', 'IfNotPresent', 'Never')),
    registrySecret: maybe(text),
    env: maybe(record(envValue)),
    envFrom: maybe(list(envSource)),
    proxy: maybe(oneOf('"environment" or { http, https, none }', proxy, choice('environment'))),
    volumes: maybe(list(kubernetesObject)),
    volumeMounts: maybe(list(kubernetesObject)),
    labels: maybe(record(anyText)),
    annotations: maybe(record(anyText)),
    hostAliases: maybe(list(kubernetesObject)),
    dnsPolicy: maybe(choice('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None')),
    dnsConfig: maybe(kubernetesObject),
    hostUsers: maybe(flag),
    template: maybe(kubernetesObject),
    patches: maybe(list(patch)),
    keepFailedMs: maybe(count(0)),
    keepEndedMs: maybe(count(0)),
  }),
);

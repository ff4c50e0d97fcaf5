/** Fields that hold objects in a list, or texts in one, whatever object they stand in. */
const lists = new Set(
  'containers initContainers containerStatuses initContainerStatuses conditions ownerReferences env volumes imagePullSecrets schedulingGates taints tolerations resourceRules nonResourceRules'.split(
    ' ',
  ),
);
const textLists = new Set('args command verbs apiGroups resourceNames scopes'.split(' '));
/** Texts by name. */
const maps = new Set('labels annotations nodeSelector hard used requests limits allocatable'.split(' '));
const objects = new Set(
  'metadata spec state waiting running terminated secret valueFrom secretKeyRef involvedObject source'.split(
    ' ',
  ),
);
const texts = new Set(
  'name namespace uid resourceVersion creationTimestamp deletionTimestamp continue kind apiVersion reason message phase type nodeName image startTime startedAt finishedAt lastTransitionTime renewTime holderIdentity secretName'.split(
    ' ',
  ),
);
const numbers = new Set(
  'exitCode signal activeDeadlineSeconds leaseDurationSeconds ttlSecondsAfterFinished deletionGracePeriodSeconds'.split(
    ' ',
  ),
);

/** Kubernetes nests no deeper; what a custom field holds below is not read. */
const deepest = 40;

/**
 * Makes an answer of the API server safe to read: fields that are not what they are in Kubernetes are taken away, as if the server had left
 * them out. What can't be read at all is said: the result is the problem, undefined where there is none.
 *
 * @param isOfObject whether one object was asked for by its name: it has metadata, if empty ones
 */
export function checkAnswer(answer: unknown, isOfObject = false): string | undefined {
  if (!isObject(answer)) return 'the answer is not an object';
  if (isOfObject && !isObject(answer['metadata'])) answer['metadata'] = {};
  if (!('items' in answer)) {
    tidy(answer, 0);
    return undefined;
  }
  const items = answer['items'] ?? [];
  if (!Array.isArray(items)) return 'the answer is not a list';
  answer['items'] = items;
  if (!(items as readonly unknown[]).every(hasName))
    return 'the answer lists something that is not an object with a name';
  tidy(answer, 0);
  return undefined;
}

/** Whether an event of a watch has what every event has. */
export function isWatchEvent(event: unknown): boolean {
  if (!isObject(event) || typeof event['type'] !== 'string' || !isObject(event['object'])) return false;
  if (event['type'] === 'ERROR') return true;
  if (!['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].includes(event['type'])) return false;
  const { object } = event as { readonly object: Record<string, unknown> };
  tidy(object, 0);
  const { metadata } = object;
  return isObject(metadata) && (event['type'] === 'BOOKMARK' || typeof metadata['name'] === 'string');
}

function tidy(value: unknown, depth: number): void {
  if (depth > deepest) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) tidy(item, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!isFit(name, inner)) {
      delete value[name];
    } else if (lists.has(name)) {
      value[name] = (inner as readonly unknown[]).filter(isObject);
      tidy(value[name], depth + 1);
    } else if (textLists.has(name)) {
      value[name] = (inner as readonly unknown[]).filter((item) => typeof item === 'string');
    } else if (maps.has(name)) {
      const known = Object.entries(inner as object).filter(([, text]) => typeof text === 'string');
      value[name] = Object.fromEntries(known);
    } else {
      tidy(inner, depth + 1);
    }
  }
}

function isFit(name: string, value: unknown): boolean {
  if (lists.has(name) || textLists.has(name)) return Array.isArray(value);
  if (maps.has(name) || objects.has(name)) return isObject(value);
  if (texts.has(name)) return typeof value === 'string';
  if (numbers.has(name)) return typeof value === 'number';
  // Of a pod it is an object, of a condition a word.
  if (name === 'status') return isObject(value) || typeof value === 'string';
  return true;
}

function hasName(object: unknown): boolean {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  return isObject(metadata) && typeof metadata['name'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

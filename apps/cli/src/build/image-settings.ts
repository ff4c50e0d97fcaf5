import { parseBoolean } from '@kanikit/toolkit/text';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import { withValues } from './with-values.ts';

/** Domains whose annotations are read by clusters. */
const podDomains =
  /(?:^|\.)(?:kubernetes\.io|k8s\.io|istio\.io|linkerd\.io|openshift\.io|cilium\.io|karpenter\.sh)\//;

/**
 * Reads `--annotation` as buildx does: `KEY=VALUE`, or `manifest:KEY=VALUE`. Kaniko writes manifests, and no indexes.
 *
 * @throws KanikitError `usage`
 */
export function imageAnnotations(
  pairs: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(withValues(pairs, '--annotation', undefined)).map(([key, value]) => {
    const [, place, name = key] = /^((?:manifest|index)[\w,[\]/-]*):(.+)$/s.exec(key) ?? [];
    if (place !== undefined && place !== 'manifest')
      throw usageError(
        `--annotation can not annotate ${quoted(place)}: Kaniko writes one manifest, and no index.`,
        'Write KEY=VALUE, for the manifest of the image.',
      );
    if (place === undefined && podDomains.test(key))
      throw usageError(
        `--annotation is the image's, and ${quoted(key)} looks like one of a pod.`,
        `Write --pod-annotation, or --annotation manifest:KEY=VALUE if the image is meant.`,
      );
    return [name, value] as const;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * Reads `NAME` and `NAME=true|false`; of a name given twice the last one counts.
 *
 * @throws KanikitError `usage`
 */
export function featureFlags(flags: readonly string[]): Readonly<Record<string, boolean>> | undefined {
  const entries = flags.map((flag) => {
    const [, name = '', text = 'true'] = /^([^=]*)(?:=(.*))?$/s.exec(flag) ?? [];
    const isOn = parseBoolean(text);
    if (name === '' || isOn === undefined)
      throw usageError(
        `--feature takes NAME, NAME=true or NAME=false, got ${quoted(flag)}.`,
        'NAME is a feature flag of the executor, such as FF_KANIKO_RUN_VIA_TINI.',
      );
    return [name, isOn] as const;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

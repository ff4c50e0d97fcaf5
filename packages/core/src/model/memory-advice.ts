import { doubledQuantity, type ResourceAmounts, type StepPosition } from '@kanikit/spec';

/** What to do about a build that was killed for its memory: by its limit, and by whether a command or the executor itself needed it. */
export function memoryAdvice(
  limits: ResourceAmounts | undefined,
  step: StepPosition | undefined,
): string | undefined {
  const limit = limits?.memory;
  const more = limit === undefined ? undefined : doubledQuantity(limit);
  const raise =
    limit === undefined
      ? 'The pod has no memory limit, so its node was full: ask for what the build needs with `pod.limits.memory`.'
      : `Raise \`pod.limits.memory\`: the limit was ${limit}${more === undefined ? '' : `, try ${more}`}.`;
  if (step !== undefined && /^run\b/i.test(step.instruction)) {
    return `${raise} Or let the command use less (fewer parallel jobs).`;
  }
  return limits === undefined
    ? undefined
    : `${raise} --compressed-caching=false, --snapshot-mode=redo or --single-snapshot in \`executorArgs\` need less.`;
}

import type { DockerfileOutline, OutlineStep } from '@kanikit/spec';
import { flagValue, splitInstruction } from './instruction.ts';

/**
 * The images that the needed stages take from registries: bases, `COPY --from=image` and `RUN --mount=…,from=image`, each once.
 * `scratch` and stages are none.
 */
export function baseImages(outline: DockerfileOutline): string[] {
  return imagesOf(outline, sourcesOf);
}

/** Those of the images that the executor pulls by all means: bases and `COPY --from=image`. */
export function pulledImages(outline: DockerfileOutline): string[] {
  return imagesOf(outline, (step) => (step.keyword === 'COPY' ? sourcesOf(step) : []));
}

function imagesOf(outline: DockerfileOutline, sources: (step: OutlineStep) => string[]): string[] {
  const stages = outline.stages;
  const firstOf = new Map<string, number>();
  for (const { index, name } of stages)
    if (name !== undefined && !firstOf.has(name)) firstOf.set(name, index);
  const isStage = (reference: string, before: number): boolean => {
    const number = String(Number(reference)) === reference ? Number(reference) : before;
    return number < before || (firstOf.get(reference.toLowerCase()) ?? before) < before;
  };
  const images = stages
    .filter(({ isNeeded }) => isNeeded)
    .flatMap(({ index, base, baseStage, steps }) => [
      ...(baseStage === undefined && base !== 'scratch' ? [base] : []),
      ...steps.flatMap(sources).filter((reference) => !isStage(reference, index)),
    ]);
  return [...new Set(images)].filter((image) => image !== '');
}

function sourcesOf({ keyword, instruction }: OutlineStep): string[] {
  const { flags } = splitInstruction(instruction);
  if (keyword === 'COPY') return [flagValue(flags, 'from') ?? []].flat();
  if (keyword !== 'RUN') return [];
  return flags
    .filter((flag) => flag.startsWith('--mount='))
    .flatMap((flag) => /(?:^|,)from=([^,]+)/.exec(flag.slice('--mount='.length))?.[1] ?? []);
}

import type { DockerfileOutline } from '@kanikit/spec';
import { stripEnd } from '@kanikit/toolkit/text';
import { mountsOf } from './mounts.ts';

/** A secret that a step of a needed stage asks for. */
export interface SecretMount {
  /** Undefined where it depends on a variable. */
  readonly id: string | undefined;
  /** Without it the step fails. */
  readonly isRequired: boolean;
  /** 1-based. */
  readonly line: number;
}

/** The secrets that a build asks for, named as the executor does: by `id`, else by the last part of the target (it does not look at `source`). */
export function secretMounts(outline: DockerfileOutline): SecretMount[] {
  const steps = outline.stages.filter(({ isNeeded }) => isNeeded).flatMap((stage) => stage.steps);
  return steps.flatMap(({ instruction, line }) =>
    mountsOf(instruction)
      .filter(({ type }) => type === 'secret')
      .map(({ option }) => {
        const id = option('id') ?? lastPart(option('target', 'dst', 'destination') ?? '');
        const required = option('required');
        return {
          id: id === '' || id.includes('$') ? undefined : id,
          isRequired: required !== undefined && /^(?:|1|t|T|TRUE|true|True)$/.test(required),
          line,
        };
      }),
  );
}

function lastPart(path: string): string {
  return stripEnd(path, '/').replace(/^.*\//, '');
}

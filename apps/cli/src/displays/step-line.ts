import type { OutlineStage, StepPosition } from '@kanikit/spec';

/**
 * `Dockerfile:14 `: the line of a step that failed, where it is known. A trigger has the line of its `ONBUILD`; one that an image brings is in no
 * line, and names the image.
 */
export function stepLine(
  outline: readonly OutlineStage[] | undefined,
  step: StepPosition | undefined,
): string {
  const stage = outline?.find(({ index }) => index === step?.stage);
  if (stage === undefined || step === undefined) return '';
  const own = stage.steps[step.index];
  if (step.index > 0 || (own !== undefined && isSame(own.instruction, step.instruction)))
    return own === undefined ? '' : `Dockerfile:${own.line} `;
  const below = outline?.find(({ index }) => index === stage.baseStage);
  const declared = below?.steps.find(({ instruction }) => isSame(instruction, `ONBUILD ${step.instruction}`));
  if (declared !== undefined) return `Dockerfile:${declared.line} `;
  return below === undefined ? `ONBUILD of ${stage.base}: ` : '';
}

/** The log has of a heredoc the first line. */
function isSame(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(instruction: string): string {
  const [first = ''] = instruction.split('\n', 1);
  return first.replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

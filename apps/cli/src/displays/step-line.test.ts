import type { OutlineStage } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { stepLine } from './step-line.ts';

const steps = (line: number, ...instructions: readonly string[]): OutlineStage['steps'] =>
  instructions.map((instruction, index) => ({
    index,
    keyword: instruction.split(' ')[0] ?? '',
    instruction,
    line: line + index,
  }));
const stage = { name: undefined, baseStage: undefined, isNeeded: true } as const;
const outline: readonly OutlineStage[] = [
  {
    ...stage,
    index: 0,
    base: 'node:22-onbuild',
    steps: steps(2, 'RUN  make', 'ONBUILD RUN check', 'RUN <<EOF'),
  },
  { ...stage, index: 1, base: 'build', baseStage: 0, steps: steps(6, 'RUN test') },
  { ...stage, index: 2, base: 'node:22-onbuild', steps: [] },
];

test.each([
  ['a step', 0, 0, 'RUN make', 'Dockerfile:2 '],
  ['a heredoc', 0, 2, 'RUN <<EOF\nmake\nEOF', 'Dockerfile:4 '],
  ['a trigger of an image', 0, 0, 'RUN npm ci', 'ONBUILD of node:22-onbuild: '],
  ['a trigger of an image where a stage has no steps', 2, 0, 'RUN npm ci', 'ONBUILD of node:22-onbuild: '],
  ['a trigger of a stage', 1, 0, 'RUN check', 'Dockerfile:3 '],
  ['a step on a stage', 1, 0, 'RUN test', 'Dockerfile:6 '],
  ['a step that no line has', 1, 4, 'RUN late', ''],
])('%s has its line', (_what, stageIndex, index, instruction, expected) => {
  expect(stepLine(outline, { stage: stageIndex, index, instruction })).toBe(expected);
});

test('without the Dockerfile there is no line', () => {
  expect(stepLine(undefined, { stage: 0, index: 0, instruction: 'RUN make' })).toBe('');
  expect(stepLine(outline, undefined)).toBe('');
});

import { flagValue, type Instruction, splitInstruction } from './instruction.ts';
import { invalidDockerfile } from './invalid-dockerfile.ts';
import { type BuildArguments, globalVariables, substituted } from './global-arguments.ts';
import { readInstructions } from './read-instructions.ts';
import type { Variables } from './substitute.ts';

/** A stage as it stands in the Dockerfile, with its base resolved. */
export interface Stage {
  readonly name: string | undefined;
  readonly base: string;
  /** Index of the earlier stage it is built on. */
  readonly baseStage: number | undefined;
  readonly line: number;
  /** As written after `--platform=`; undefined without it. */
  readonly platform: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, with the character that continues its lines. */
export interface DockerfileStages {
  readonly stages: readonly Stage[];
  readonly escape: string;
  /** What `FROM` lines see. */
  readonly globals: Variables;
}

const stageName = /^[a-z][a-z0-9-_.]*$/;

/**
 * Splits a Dockerfile into stages and resolves their bases.
 *
 * @throws KanikitError `dockerfile-invalid`
 */
export function readStages(text: string, buildArguments: BuildArguments): DockerfileStages {
  const { instructions, escape } = readInstructions(text);
  const firstFrom = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  const preamble = firstFrom === -1 ? instructions : instructions.slice(0, firstFrom);
  const stray = preamble.find(({ keyword }) => keyword !== 'ARG');
  if (stray !== undefined || firstFrom === -1) {
    const problem = stray === undefined ? 'it has no FROM' : `${stray.keyword} stands before the first FROM`;
    throw invalidDockerfile(stray?.line, problem, 'Start with FROM image; only ARG may come before it.');
  }
  const variables = globalVariables(preamble, buildArguments, escape);
  const stages: Stage[] = [];
  /** The first stage of each name, in any letter case: `FROM` knows no numbers. */
  const named = new Map<string, number>();
  const starts = [...instructions.keys()].filter((at) => instructions[at]?.keyword === 'FROM');
  for (const [index, position] of starts.entries()) {
    const from = instructions[position]!;
    const { image, name, platform } = readFrom(from, escape);
    const base = substituted(image, variables, from.line);
    stages.push({
      name,
      base,
      baseStage: named.get(base.toLowerCase()),
      line: from.line,
      platform,
      instructions: instructions.slice(position + 1, starts[index + 1]),
    });
    if (name !== undefined && !named.has(name)) named.set(name, index);
  }
  return { stages, escape, globals: variables };
}

interface From {
  readonly image: string;
  readonly name: string | undefined;
  readonly platform: string | undefined;
}

function readFrom({ text, line }: Instruction, escape: string): From {
  const { flags, rest } = splitInstruction(text, escape);
  const words = rest.split(/[\t\v\f\r ]+/);
  const [image = '', as, alias] = words;
  const isAliased = words.length === 3 && as?.toLowerCase() === 'as';
  if (image === '' || (words.length !== 1 && !isAliased)) {
    throw invalidDockerfile(line, 'FROM takes an image and perhaps AS name', 'Write FROM image AS name.');
  }
  const name = alias?.toLowerCase();
  if (name !== undefined && !stageName.test(name)) {
    throw invalidDockerfile(
      line,
      `"${alias}" can't be the name of a stage`,
      'It starts with a letter and goes on with letters, digits and - _ . only.',
    );
  }
  return { image, name, platform: flagValue(flags, 'platform') };
}

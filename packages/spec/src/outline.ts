/** The stages and steps of a Dockerfile: the map for progress. */
export interface DockerfileOutline {
  readonly stages: readonly OutlineStage[];
}

export interface OutlineStage {
  /** 0-based index in the Dockerfile. */
  readonly index: number;
  /** Alias after `AS`, lower case as written to compare; undefined without one. */
  readonly name: string | undefined;
  /** Image, `scratch`, or the name of an earlier stage, after substitution of global `ARG`s. */
  readonly base: string;
  /** Index of the stage it is built on; undefined for an image. */
  readonly baseStage: number | undefined;
  /** False where the target does not need this stage. */
  readonly isNeeded: boolean;
  readonly steps: readonly OutlineStep[];
}

export interface OutlineStep {
  /** 0-based position in the stage, `FROM` not counted. */
  readonly index: number;
  /** Keyword in upper case. */
  readonly keyword: string;
  /** Text as the executor logs it: continuation lines joined, variables not substituted. */
  readonly instruction: string;
  /** 1-based first line in the Dockerfile. */
  readonly line: number;
}

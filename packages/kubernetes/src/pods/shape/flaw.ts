/** A place in the pod and what is wrong there; undefined where nothing is. */
export type Flaw = readonly [path: string, problem: string | undefined];

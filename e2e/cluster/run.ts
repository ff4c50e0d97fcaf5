import { runProgram } from '../src/parts/run-program.ts';

/** Runs a program to its end and returns what it wrote. Throws with its words when it fails. */
export async function run(file: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(file, args);
  if (exitCode === 0) return stdout;
  throw new Error(`${file} ${args.join(' ')}: exit code ${exitCode}: ${stderr}${stdout}`);
}

/** The same where failing means that there was nothing to do. */
export async function tryRun(file: string, ...args: readonly string[]): Promise<void> {
  await runProgram(file, args).catch(() => undefined);
}

import { fileURLToPath } from 'node:url';
import type { PackJob } from './pack-job.ts';

/** A way to pack a tree, as a command. */
export interface Packer {
  readonly name: string;
  /** `node` tells its own result on stdout; `shell` only makes its output. */
  readonly kind: 'node' | 'shell';
  /** True for the second packing of a tree, whose output is no whole archive. */
  readonly isAgain: boolean;
  /** True where a file of the tree is to change before. */
  readonly isAfterChange: boolean;
  command(job: PackJob): readonly string[];
}

const packScript = fileURLToPath(new URL('pack.ts', import.meta.url));

/** Ours first, then those to compare with; `pigz` only where the machine has it. */
export function listPackers(hasPigz: boolean): readonly Packer[] {
  return [
    node('kanikit', 'ours'),
    { ...node('kanikit, nothing changed', 'ours-again'), isAgain: true },
    { ...node('kanikit, one file changed', 'ours-again'), isAgain: true, isAfterChange: true },
    shell('tar + gzip -1', 'gzip -1'),
    shell('tar + gzip', 'gzip'),
    ...(hasPigz ? [shell('tar + pigz -1', 'pigz -1'), shell('tar + pigz', 'pigz')] : []),
    node('tar (npm), gzip 1', 'tar'),
    node('tar-fs + dockerignore, gzip 1', 'tar-fs'),
  ];
}

function node(name: string, packer: string): Packer {
  return {
    name,
    kind: 'node',
    isAgain: false,
    isAfterChange: false,
    command: (job) => [process.execPath, ...process.execArgv, packScript, packer, JSON.stringify(job)],
  };
}

function shell(name: string, compressor: string): Packer {
  // What tar knows of ignore files is `--exclude-from`, whose patterns mean something else.
  const script = `tar -c -f - --exclude-from="$1.dockerignore" -C "$2" . | ${compressor} > "$3"`;
  return {
    name,
    kind: 'shell',
    isAgain: false,
    isAfterChange: false,
    command: ({ dockerfile, root, output }) => ['sh', '-c', script, 'sh', dockerfile, root, output],
  };
}

// Runs one packer in a process of its own, so that time and memory are its own, too.
import { statSync } from 'node:fs';
import type { PackJob, PackResult } from './pack-job.ts';

const [packer, job] = process.argv.slice(2) as [string, string];
const result = await pack(packer, JSON.parse(job) as PackJob);
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ ...result, peakBytes } satisfies PackResult));

async function pack(name: string, job: PackJob): Promise<Omit<PackResult, 'peakBytes'>> {
  switch (name) {
    case 'ours':
    case 'ours-again': {
      const { packOurs } = await import('./pack-ours.ts');
      return await packOurs(job, name === 'ours');
    }
    case 'tar': {
      const { packWithTar } = await import('./pack-with-packages.ts');
      await packWithTar(job);
      break;
    }
    case 'tar-fs': {
      const { packWithTarFs } = await import('./pack-with-packages.ts');
      await packWithTarFs(job);
      break;
    }
    default: {
      throw new RangeError(`there is no packer ${name}`);
    }
  }
  return { bytesOut: statSync(job.output).size, ownPaths: [] };
}

import { KanikitError } from '@kanikit/spec';

/** Throws `sandbox-needs-linux` elsewhere: its pods are Linux processes in namespaces. */
export function requireLinux(platform: NodeJS.Platform = process.platform): void {
  if (platform === 'linux') return;
  throw new KanikitError({
    code: 'sandbox-needs-linux',
    message: `Starting the sandbox on this machine failed: it runs builds as Linux processes, and this is ${platform}.`,
    hint: 'Run the sandbox on Linux (a virtual machine or WSL 2 will do), or point kanikit at a real cluster with `cluster.context`.',
  });
}

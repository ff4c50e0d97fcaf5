import type { Finding } from '@kanikit/spec';

/** Oldest Node release that kanikit supports (`engines` of its packages). */
const oldestNode = [22, 12] as const;

/** The program that runs kanikit here. */
export function checkClient(nodeVersion: string, platform: string): Finding {
  const named = { check: 'client', title: 'This machine' };
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  const message = `Node ${nodeVersion} on ${platform}`;
  if (!isOld) return { ...named, status: 'ok', message };
  return { ...named, status: 'problem', message, hint: `Install Node ${oldestNode.join('.')} or later.` };
}

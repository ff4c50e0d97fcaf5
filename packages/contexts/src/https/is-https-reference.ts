import { isGitReference } from '../git/git-reference.ts';
import { isWebUrl } from '../web/is-web-url.ts';

/** These have a source of their own. */
const azureHosts = /\.blob\.core\.(?:windows\.net|chinacloudapi\.cn|cloudapi\.de|usgovcloudapi\.net)$/i;

export function isHttpsReference(reference: string): boolean {
  if (!isWebUrl(reference) || isGitReference(reference)) return false;
  return !azureHosts.test(URL.parse(reference)?.hostname ?? '');
}

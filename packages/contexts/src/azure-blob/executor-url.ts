/** Hosts that the executor takes for Azure's: those of the four clouds, as `pkg/constants` of Kaniko has them. */
export const azureHosts: readonly string[] = [
  'blob.core.windows.net',
  'blob.core.chinacloudapi.cn',
  'blob.core.cloudapi.de',
  'blob.core.usgovcloudapi.net',
];

/**
 * A signed URL so that the executor fetches it like any other: by its host alone it would take it for one that it reads with the account's key,
 * and it is broken there. With the port named it does not, and a SAS signs neither host nor port.
 */
export function asPlainHttpsUrl(url: string): string {
  const { port, protocol } = new URL(url);
  if (protocol !== 'https:' || port !== '') return url;
  // `URL` leaves out the port that https has anyway.
  return url.replace(/^(https:\/\/[^/?#:]+)(?::443)?/i, '$1:443');
}

/** Whether the executor would read the URL with the account's key. */
export function isReadByKey(url: string): boolean {
  return azureHosts.some((host) =>
    new RegExp(`https://(.+?)\\.${host.replaceAll('.', '\\.')}/(.+)`).test(url),
  );
}

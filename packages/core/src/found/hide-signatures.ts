/** Parameters of a signed URL that grant access; the executor prints its context's URL when fetching it fails. */
const grants =
  /([?&](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig|awsaccesskeyid|googleaccessid)=)[^&\s"'\\]+/gi;
/** User and password in a URL, whatever its scheme: looking for one from each word of a line of 1 MB would take minutes. */
const logins = /(:\/\/)[^/\s"'@]+@/g;

/**
 * Takes out of a line what grants access to a bucket or server, by its form: whoever follows a build of another client does not know its secrets.
 * A line without any stays the same object.
 */
export function hideSignatures(line: Uint8Array): Uint8Array {
  const buffer = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  if (!buffer.includes('://')) return line;
  const text = buffer.toString('latin1');
  const shown = text.replace(grants, '$1***').replace(logins, '$1***@');
  return shown === text ? line : Buffer.from(shown, 'latin1');
}

import type { Authenticated } from './authenticate.ts';
import { openPayload } from './payload.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** S3's own bound for request documents is 1 MB for deletes; a list of 10,000 parts with checksums fits twice. */
const maximumDocumentBytes = 4 * 1024 * 1024;

/** Reads a request's XML document, its hashes checked; undefined when there is no body. Throws MalformedXML. */
export async function readXmlBody(
  request: S3Request,
  authenticated: Authenticated,
): Promise<XmlElement | undefined> {
  const payload = openPayload(request, authenticated);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of payload.content) {
    length += chunk.length;
    if (length > maximumDocumentBytes) throw malformedXml();
    chunks.push(chunk);
  }
  payload.verify();
  if (length === 0) return undefined;
  const element = parseXml(Buffer.concat(chunks).toString('utf8'));
  if (element === undefined) throw malformedXml();
  return element;
}

export function malformedXml(): S3Error {
  return new S3Error(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

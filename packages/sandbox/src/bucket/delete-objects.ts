import { sendXml, type BucketContext } from './operation-context.ts';
import { childText, type XmlNode } from './xml.ts';
import { malformedXml, readXmlBody } from './xml-body.ts';

/** S3's limit for one request. */
const maximumKeys = 1000;

/** DeleteObjects. */
export async function deleteObjects(context: BucketContext): Promise<void> {
  const document = await readXmlBody(context.request, context.authenticated);
  const entries = document?.children.filter((child) => child.name === 'Object') ?? [];
  if (document?.name !== 'Delete' || entries.length === 0 || entries.length > maximumKeys)
    throw malformedXml();
  const isQuiet = childText(document, 'Quiet') === 'true';
  const results: XmlNode[] = [];
  for (const entry of entries) {
    const key = childText(entry, 'Key');
    if (key === undefined) throw malformedXml();
    await context.store.deleteObject(context.bucket, key);
    if (!isQuiet) results.push(['Deleted', [['Key', key]]]);
  }
  sendXml(context.response, 'DeleteResult', results);
}

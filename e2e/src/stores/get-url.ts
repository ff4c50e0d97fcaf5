import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface GotUrl {
  readonly status: number | undefined;
  readonly body: Buffer;
}

/** GET as the executor does it: the URL as it is, and nothing trusted but the authority. */
export async function getUrl(url: string, authority: string | undefined): Promise<GotUrl> {
  const asked = request(url, { ...(authority !== undefined && { ca: authority }), agent: false });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: await buffer(answer) };
}

import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

/** What buckets say besides the content of objects: lists of 1,000 entries are the longest, and have less than a tenth of it. */
const longestAnswerBytes = 16 * 1024 * 1024;
/** The body of an error. */
const longestErrorBytes = 256 * 1024;

/** Whether a request, by its method, path and query, is for the content of an object, which may be of any length. */
export type IsForContent = (method: string, address: URL) => boolean;

/** A method of agents that Node does not document, and that `agent-base` and its kind override as well. */
interface RequestingAgent {
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
}

/**
 * Bounds what an agent's servers answer. The SDKs read errors and lists to their end, whatever the length, so an answer that is too long breaks off
 * here. Compressed ones are refused, since a few bytes of them may be many.
 */
export function limitAnswers<Kind extends Agent>(agent: Kind, isForContent: IsForContent): Kind {
  const requesting = agent as unknown as RequestingAgent;
  const add = requesting.addRequest.bind(agent);
  requesting.addRequest = (request, ...rest) => {
    const address = new URL(request.path, 'http://bucket');
    const mayBeContent = isForContent(request.method, address);
    if (!mayBeContent && !request.headersSent) request.removeHeader('accept-encoding');
    request.once('response', (answer: IncomingMessage) => {
      // It has headers of the object, and no body.
      if (request.method === 'HEAD') return;
      const isError = (answer.statusCode ?? 0) >= 300;
      if (mayBeContent && !isError) return;
      if (answer.headers['content-encoding'] !== undefined)
        answer.destroy(new Error('the answer is compressed'));
      limit(answer, isError ? longestErrorBytes : longestAnswerBytes);
    });
    add(request, ...rest);
  };
  return agent;
}

/** Counts what the parser hands over, in front of whoever reads it. */
function limit(answer: IncomingMessage, mostBytes: number): void {
  const push = answer.push.bind(answer);
  let bytes = 0;
  answer.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    bytes += chunk?.length ?? 0;
    if (bytes <= mostBytes) return push(chunk, encoding);
    answer.destroy(new Error(`the answer has more than ${mostBytes / 1024} kB`));
    return false;
  };
}

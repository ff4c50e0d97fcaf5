import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGcsObjects } from './gcs-objects.ts';
import { loadWithoutPauses } from './load-without-pauses.test.helper.ts';
import {
  apiError,
  type ScriptedAnswer,
  type ScriptedRequest,
  startScriptedGcs,
} from './scripted-gcs.test.helper.ts';

const mebibyte = 1024 * 1024;
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64');

/** What Google's protocol keeps of an upload: bytes in whole steps of 256 KiB, until the total is known and there. */
interface Session {
  stored: Buffer;
  isDone: boolean;
  isEnded: boolean;
}

type Fault = (request: ScriptedRequest, session: Session) => ScriptedAnswer | 'break' | undefined;

async function start(fault: Fault = () => undefined): Promise<{
  readonly session: Session;
  readonly requests: readonly ScriptedRequest[];
  putStream(pieces: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
}> {
  const session: Session = { stored: Buffer.alloc(0), isDone: false, isEnded: false };
  const { url, requests } = await startScriptedGcs((request, origin) => {
    if (request.method === 'POST') {
      return { headers: { location: `${origin}/upload/session?upload_id=1` } };
    }
    if (request.method === 'DELETE') {
      session.isEnded = true;
      return { status: 499 };
    }
    const faulty = fault(request, session);
    if (faulty === 'break') return undefined;
    return faulty ?? store(request, session);
  });
  const options = { endpoint: url };
  const objects = createGcsObjects(() => loadWithoutPauses(options), options, 'builds');
  return {
    session,
    requests,
    putStream: async (pieces, signal = new AbortController().signal) => {
      await objects.putStream('key', pieces, { metadata: { 'kanikit-run': 'r' }, signal });
    },
  };
}

function store({ body, headers }: ScriptedRequest, session: Session): ScriptedAnswer {
  const [, first, total = ''] =
    /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  if (first !== undefined && Number(first) !== session.stored.length) return apiError(400, 'a gap');
  session.stored = Buffer.concat([session.stored, body]);
  if (total !== '*' && session.stored.length === Number(total)) {
    session.isDone = true;
    return { body: { name: 'key', md5Hash: md5(session.stored) } };
  }
  return goOn(session);
}

function goOn({ stored }: Session): ScriptedAnswer {
  return { status: 308, headers: stored.length === 0 ? {} : { range: `bytes=0-${stored.length - 1}` } };
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 300_000) yield bytes.subarray(at, at + 300_000);
}

test.each([0, 1, 8 * mebibyte, 8 * mebibyte + 1, 20 * mebibyte])('%i bytes arrive', async (sizeBytes) => {
  const { putStream, requests, session } = await start();
  const bytes = randomBytes(sizeBytes);
  await putStream(piecesOf(bytes));
  expect(session).toMatchObject({ isDone: true, isEnded: false });
  expect(session.stored.equals(bytes)).toBe(true);
  expect(JSON.parse(requests[0]!.body.toString())).toEqual({
    name: 'key',
    contentType: 'application/gzip',
    metadata: { 'kanikit-run': 'r' },
  });
});

/** Goes wrong once, at the second chunk. */
function onceAtSecond(fault: Fault): Fault {
  let isOver = false;
  return (request, session) => {
    if (isOver || session.stored.length < 8 * mebibyte) return undefined;
    isOver = true;
    return fault(request, session);
  };
}

test.each<[what: string, fault: Fault]>([
  ['nothing of a chunk was stored before a 503', () => apiError(503, 'busy')],
  ['nothing of a chunk was stored before the connection broke', () => 'break'],
  [
    'a part of a chunk was stored before the connection broke',
    ({ body }, session) => {
      session.stored = Buffer.concat([session.stored, body.subarray(0, mebibyte)]);
      return 'break';
    },
  ],
  [
    'all of a chunk was stored before the connection broke',
    (request, session) => {
      store(request, session);
      return 'break';
    },
  ],
  [
    'less of a chunk was taken than was sent',
    ({ body }, session) => {
      session.stored = Buffer.concat([session.stored, body.subarray(0, 256 * 1024)]);
      return goOn(session);
    },
  ],
])('it goes on where it stopped: %s', async (_what, fault) => {
  const { putStream, requests, session } = await start(onceAtSecond(fault));
  const bytes = randomBytes(20 * mebibyte);
  await putStream(piecesOf(bytes));
  expect(session.stored.equals(bytes)).toBe(true);
  const sentBytes = requests.reduce((sum, { body }) => sum + body.length, 0);
  // Not from the start: at most a chunk is sent twice.
  expect(sentBytes).toBeLessThan(29 * mebibyte);
});

test.each<[what: string, fault: Fault, code: string]>([
  ['a server that stays broken', () => apiError(400, 'no'), 'bucket-upload-failed'],
  ['rights that end', () => apiError(403, 'no'), 'bucket-denied'],
  [
    'a server that has lost what it had',
    (_request, session) => {
      session.stored = Buffer.alloc(0);
      return goOn(session);
    },
    'bucket-upload-failed',
  ],
  [
    'a server that has stored something else',
    (request, session) => {
      const answer = store(request, session);
      return session.isDone ? { body: { md5Hash: md5(Buffer.from('else')) } } : answer;
    },
    'bucket-upload-failed',
  ],
])('%s ends the session', async (_what, fault, code) => {
  const { putStream, session } = await start((request, state) =>
    state.stored.length < 8 * mebibyte ? undefined : fault(request, state),
  );
  await expect(putStream(piecesOf(randomBytes(20 * mebibyte)))).rejects.toMatchObject({ code });
  expect(session.isEnded).toBe(true);
});

test("the stream's own error passes through, and the session ends", async () => {
  const { putStream, session } = await start();
  const reason = new Error('a file changed');
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(randomBytes(10 * mebibyte));
    throw reason;
  };
  await expect(putStream(broken())).rejects.toBe(reason);
  expect(session).toMatchObject({ isDone: false, isEnded: true });
});

test('an abort ends with its reason, and the session ends', async () => {
  const controller = new AbortController();
  const reason = new Error('the user left');
  const { putStream, session } = await start(() => {
    controller.abort(reason);
    return undefined;
  });
  await expect(putStream(piecesOf(randomBytes(20 * mebibyte)), controller.signal)).rejects.toBe(reason);
  expect(session).toMatchObject({ isDone: false, isEnded: true });
});

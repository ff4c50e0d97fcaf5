import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import {
  type ArchiveContext,
  type ArchiveSummary,
  type ContextRequest,
  type ContextSource,
  isKanikitError,
  type PackOptions,
  type PreparedContext,
  type RemoteContext,
} from '@kanikit/spec';
import { contractRun, type ContractTest, failureOf } from './contract-test.ts';
import { digestOf } from './sample-archive.ts';

export interface ContextSourceSetup {
  /** The source under test. */
  readonly createSource: () => ContextSource | Promise<ContextSource>;
  /** A request that can be opened, any number of times. */
  readonly request: ContextRequest;
  /** Requests that the source takes and `open` must refuse, by what is wrong, with the code of the error. */
  readonly refused: Readonly<Record<string, { readonly request: ContextRequest; readonly code: string }>>;
  /** References that are for other sources. */
  readonly foreign: readonly string[];
  /** Text that must not be seen anywhere but in secret fields. */
  readonly secrets?: readonly string[] | undefined;
}

const smallestPart = 5 * 1024 * 1024;
const largestPart = 16 * 1024 * 1024;
/** The end of a tar, and as much again: then the executor does not wait for the end of the stream. */
const trailerBytes = 1024 + 512;

/** What holds for every `ContextSource`. */
export function contextSourceContract(setup: ContextSourceSetup): readonly ContractTest[] {
  const { request, secrets = [] } = setup;
  const assertNothingSecret = (value: unknown): void => {
    const text = JSON.stringify(value);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${text} shows a secret`);
  };
  const refusals = Object.entries(setup.refused).map(([what, { request: bad, code }]) => ({
    name: `refuses ${what} with ${code}, and says what to do`,
    run: async () => {
      const source = await setup.createSource();
      assert.ok(source.accepts(bad.reference));
      const error = await failureOf(source.open(bad, contractRun()));
      assert.ok(isKanikitError(error), `a KanikitError, not ${String(error)}`);
      assert.equal(error.code, code);
      assert.ok(error.hint, 'a hint');
      assertNothingSecret([error.message, error.hint, String(error.cause)]);
    },
  }));

  return [
    {
      name: 'takes its own references only',
      run: async () => {
        const source = await setup.createSource();
        assert.equal(source.specVersion, 1);
        assert.match(source.kind, /^[a-z][a-z0-9-]*$/);
        assert.equal(source.accepts(request.reference), true);
        for (const foreign of setup.foreign) assert.equal(source.accepts(foreign), false, foreign);
      },
    },
    {
      name: 'opens a context that can be sent, or fetched',
      run: async () => {
        const open = async (): Promise<PreparedContext> =>
          await (await setup.createSource()).open(request, contractRun());
        const context = await open();
        await context.close?.();
        if (context.kind === 'remote') assertFetchable(context, assertNothingSecret);
        else await assertSendable(open);
      },
    },
    ...refusals,
    {
      name: 'does not begin what was aborted before',
      run: async () => {
        const reason = new Error('the user left');
        const opening = (await setup.createSource()).open(request, contractRun(AbortSignal.abort(reason)));
        assert.equal(await failureOf(opening), reason);
      },
    },
    {
      name: 'an abort while packing ends with its reason',
      run: async () => {
        const context = await (await setup.createSource()).open(request, contractRun());
        try {
          if (context.kind === 'remote') return;
          const reason = new Error('the user left');
          const packed = context.pack({}, contractRun(AbortSignal.abort(reason)));
          packed.summary.catch(() => {});
          packed.dockerfiles.catch(() => {});
          assert.equal(await failureOf(Array.fromAsync(packed.parts)), reason);
        } finally {
          await context.close?.();
        }
      },
    },
  ];
}

function assertFetchable(
  { delivery, dockerfile, dockerfileContents }: RemoteContext,
  assertNothingSecret: (value: unknown) => void,
): void {
  assert.match(delivery.context, /^(?:git|s3|gs|https|dir|tar):\/\/./, 'a scheme that executors know');
  assert.ok(dockerfileContents !== undefined || dockerfile !== '', 'a Dockerfile');
  const { secretEnv: _, secretFiles: __, context, isSecret, ...open } = delivery;
  assertNothingSecret([open, isSecret ? '' : context]);
}

/** Opens the context anew for each packing: one that is read from a stream can be packed once. */
async function assertSendable(open: () => Promise<PreparedContext>): Promise<void> {
  const packAnew = async (options: PackOptions): Promise<Packed> => {
    const context = await open();
    assert.equal(context.kind, 'archive', 'the same kind of context each time');
    try {
      return await pack(context as ArchiveContext, options);
    } finally {
      await context.close?.();
    }
  };
  const first = await packAnew({});
  assert.ok(first.parts.length > 0, 'an archive has at least one part');
  for (const [index, part] of first.parts.entries()) {
    assert.equal(part.digest, digestOf(part.bytes), `the digest of part ${index}`);
    const isLast = index === first.parts.length - 1;
    assert.ok(isLast || part.bytes.length >= smallestPart, `part ${index} has ${part.bytes.length} bytes`);
    assert.ok(part.bytes.length <= largestPart, `part ${index} has ${part.bytes.length} bytes`);
  }
  assert.equal(first.summary.sizeBytes, first.bytes.length);
  assert.match(first.summary.digest, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(first.dockerfiles, first.summary.dockerfiles);
  assert.ok(first.summary.dockerfiles.length === 1 && first.summary.dockerfiles[0] !== '', 'its Dockerfile');
  const tar = gunzipSync(first.bytes);
  assert.ok(
    tar.length >= trailerBytes && tar.subarray(-trailerBytes).every((byte) => byte === 0),
    'the tar ends so that the executor does not wait for more',
  );
  const again = await packAnew({});
  assert.equal(again.summary.digest, first.summary.digest, 'the same digest again');
  assert.ok(again.bytes.equals(first.bytes), 'the same bytes again');
  const streamed = await packAnew({ cut: 'stream', seal: 'contract0' });
  assert.equal(gunzipSync(streamed.bytes).length > 0, true);
}

interface Packed {
  readonly parts: readonly { readonly digest: string; readonly bytes: Uint8Array }[];
  readonly bytes: Buffer;
  readonly summary: ArchiveSummary;
  readonly dockerfiles: readonly string[];
}

/** Reads each part as late as may be: with the next one taken, or after the end. */
async function pack(context: ArchiveContext, options: PackOptions): Promise<Packed> {
  const packed = context.pack(options, contractRun());
  const parts: { digest: string; bytes: Uint8Array }[] = [];
  let held: { readonly digest: string; read(): Promise<Uint8Array> } | undefined;
  const readHeld = async (): Promise<void> => {
    if (held !== undefined) parts.push({ digest: held.digest, bytes: await held.read() });
  };
  for await (const part of packed.parts) {
    await readHeld();
    held = part;
  }
  await readHeld();
  return {
    parts,
    bytes: Buffer.concat(parts.map((part) => part.bytes)),
    summary: await packed.summary,
    dockerfiles: await packed.dockerfiles,
  };
}

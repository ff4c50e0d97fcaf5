import { type ArchivePart, type ArchiveSummary, KanikitError, type PackedArchive } from '@kanikit/spec';

export interface ArchiveProducer {
  /** Yields the parts and returns the summary. */
  produce(): AsyncGenerator<ArchivePart, ArchiveSummary>;
  readonly known?: (() => Promise<ArchiveSummary | undefined>) | undefined;
  /** Where they do not depend on the content; else they come with the summary. */
  readonly dockerfiles?: readonly string[] | undefined;
}

/** Ties the promises of an archive to the generator of its parts. */
export function createPackedArchive({ produce, known, dockerfiles }: ArchiveProducer): PackedArchive {
  const { promise: summary, resolve, reject } = Promise.withResolvers<ArchiveSummary>();
  const names =
    dockerfiles === undefined ? summary.then((end) => end.dockerfiles) : Promise.resolve(dockerfiles);
  // Whoever takes the parts gets the error there, and need not look here.
  summary.catch(() => {});
  names.catch(() => {});
  async function* takeParts(): AsyncGenerator<ArchivePart, void> {
    try {
      resolve(yield* produce());
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      // Has an effect only where the taker stopped before the end.
      reject(stopped());
    }
  }
  let isTaken = false;
  return {
    known: known ?? (async () => undefined),
    dockerfiles: names,
    parts: {
      [Symbol.asyncIterator]() {
        if (isTaken) throw new RangeError('the parts of an archive can be taken once');
        isTaken = true;
        return takeParts();
      },
    },
    summary,
  };
}

function stopped(): KanikitError {
  return new KanikitError({
    code: 'cancelled',
    message: 'Packing the build context: stopped before its end, since nobody takes the rest.',
    hint: 'Pack the context again.',
  });
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTarSource } from '@kanikit/contexts/tar';
import { type ContextSource, KanikitError } from '@kanikit/spec';

const form = /^shelf:\/\/(?<name>[a-z][a-z0-9-]*)@(?<version>[\w.]+)$/;

/** `shelf://name@version` for `name-version.tar` (or `.tar.gz`, …) on a shelf of releases, as an example of a plugin on top of a built-in one. */
export function createShelfSource(shelf: string): ContextSource {
  const tar = createTarSource();
  return {
    specVersion: 1,
    kind: 'shelf',
    accepts: (reference) => form.test(reference),
    async open(request, run) {
      run.signal.throwIfAborted();
      const { name = '', version = '' } = form.exec(request.reference)?.groups ?? {};
      const releases = (await readdir(shelf)).filter((file) => file.startsWith(`${name}-`));
      const found = releases.find((file) => file.startsWith(`${name}-${version}.t`));
      if (found !== undefined) return await tar.open({ ...request, reference: join(shelf, found) }, run);
      throw new KanikitError({
        code: 'context-missing',
        message: `Opening the build context: there is no ${version} of ${name} on the shelf.`,
        hint: releases.length === 0 ? 'Nothing of that name is there.' : `There is ${releases.join(', ')}.`,
      });
    },
  };
}

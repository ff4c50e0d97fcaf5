import type { UploadOptions } from '@kanikit/spec';
import { cleanPrefix, type S3StoreOptions } from './s3-store-options.ts';
import type { UploadTarget } from './upload-archive.ts';

/**
 * Where an archive goes. A store that keeps its objects names them by content and shares them between runs; else each build has a
 * key of its own, so that one run never removes what another is about to read.
 */
export function createUploadTarget(options: S3StoreOptions, upload: UploadOptions): UploadTarget {
  const prefix = cleanPrefix(options);
  const inPrefix = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  return {
    bucket: options.bucket,
    keyOf: (sha256) =>
      options.isKept === true && sha256 !== undefined
        ? { key: inPrefix(`${sha256}.tar.gz`), isShared: true }
        : { key: inPrefix(`runs/${plain(upload.runId)}/${plain(upload.buildId)}.tar.gz`), isShared: false },
    metadata: { 'kanikit-run': plain(upload.runId), 'kanikit-build': plain(upload.buildId) },
  };
}

/** Safe in a key, a header and a URL. */
function plain(identifier: string): string {
  return identifier.replace(/[^\w.-]/g, '-');
}

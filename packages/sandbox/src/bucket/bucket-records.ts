import type { ChecksumAlgorithm } from './checksums.ts';

/** A file with bytes of an object. Such files never change; they are written, named by a record, and removed. */
export interface Segment {
  readonly file: string;
  readonly sizeBytes: number;
}

export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** What is kept with an object and given back with it. */
export interface ObjectHeaders {
  /** `content-type` and the like. */
  readonly standard: Readonly<Record<string, string>>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectRecord extends ObjectHeaders {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly checksum?: StoredChecksum | undefined;
  /** In order; one for a plain object, one for each part of a multipart upload. */
  readonly segments: readonly Segment[];
}

export interface PartRecord {
  readonly number: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksum?: StoredChecksum | undefined;
  readonly segment: Segment;
}

export interface UploadRecord extends ObjectHeaders {
  readonly id: string;
  readonly key: string;
  readonly startedAt: number;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}

export interface MultipartUpload extends UploadRecord {
  readonly parts: Map<number, PartRecord>;
}

export interface Bucket {
  readonly name: string;
  readonly createdAt: number;
  readonly objects: Map<string, ObjectRecord>;
  readonly uploads: Map<string, MultipartUpload>;
}

export const s3Scheme: RegExp = /^s3:\/\//i;

export function isS3Reference(reference: string): boolean {
  return s3Scheme.test(reference);
}

export const gcsScheme: RegExp = /^gs:\/\//i;

export function isGcsReference(reference: string): boolean {
  return gcsScheme.test(reference);
}

export function isStdinReference(reference: string): boolean {
  return reference === '-';
}

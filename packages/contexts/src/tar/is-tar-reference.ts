const names = /\.(?:tar|tar\.\w+|tgz|txz|tbz2?|tzst)$/i;

export function isTarReference(reference: string): boolean {
  return names.test(reference) && !reference.includes('://');
}

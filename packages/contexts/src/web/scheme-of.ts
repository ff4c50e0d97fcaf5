/** The scheme in front of `://`, in lower case. */
export function schemeOf(reference: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(reference)?.[1]?.toLowerCase();
}

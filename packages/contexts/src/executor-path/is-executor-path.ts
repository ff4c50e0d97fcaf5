/** The scheme in front of `://`, in lower case. */
export function schemeOf(reference: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(reference)?.[1]?.toLowerCase();
}

/** Every scheme that no source before took. */
export function isExecutorPath(reference: string): boolean {
  return schemeOf(reference) !== undefined;
}

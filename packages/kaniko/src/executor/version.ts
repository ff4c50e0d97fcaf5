const releasePattern = /^v?(\d+\.\d+\.\d+(?:-\d+)?)$/;

/** The release without its `v` (`v1.24.0` → `1.24.0`, `1.24.0-1` stays); undefined for anything else, such as `latest`. */
export function parseRelease(text: string): string | undefined {
  return releasePattern.exec(text.trim())?.[1];
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. */
export function compareReleases(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < 4; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(release: string): number[] {
  return release.split(/[.-]/).map(Number);
}

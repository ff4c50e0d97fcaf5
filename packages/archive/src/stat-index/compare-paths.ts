const slash = 0x2f;

/** The order in which a tree is walked: a directory right before what is in it, names by their UTF-16 units. */
export function comparePaths(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [leftUnit, rightUnit] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (leftUnit !== rightUnit) return rank(leftUnit) - rank(rightUnit);
  }
  return left.length - right.length;
}

/** A name sorts before longer names that start with it. */
function rank(unit: number): number {
  return unit === slash ? -1 : unit;
}

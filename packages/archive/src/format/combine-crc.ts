/** Polynomial of CRC-32; the highest bit is the coefficient of x⁰, as in all its numbers. */
const polynomial = 0xedb88320;
const one = 0x80000000;
/** x⁸: a byte further. */
const byteShift = one >>> 8;

/** The CRC-32 of two pieces one behind the other, from that of each: that of the first is shifted by the length of the second. */
export function combineCrc(first: number, second: number, secondBytes: number): number {
  return (multiply(first, shiftBy(secondBytes)) ^ second) >>> 0;
}

function shiftBy(bytes: number): number {
  let shift = one;
  let power = byteShift;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  return shift;
}

/** Product of two polynomials with coefficients 0 and 1, modulo that of the CRC. */
function multiply(left: number, right: number): number {
  let product = 0;
  let shifted = right;
  for (let bit = 31; bit >= 0; bit -= 1) {
    if (((left >>> bit) & 1) === 1) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product;
}

/** The largest value that a component is kept as. */
const most = 127;

/**
 * Writes a vector as text of little room: its direction, a byte a component, in base64. The cosine of two vectors changes by
 * some thousandths at most. A vector without a direction (all zeros, or none) is empty text.
 */
export function packVector(vector: readonly number[]): string {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (!(largest > 0 && largest < Infinity)) return '';
  return Buffer.from(Int8Array.from(vector, (value) => Math.round((value / largest) * most)).buffer).toString('base64');
}

/** The components of a packed vector, whole numbers from -127 to 127. */
export function unpackVector(packed: string): Int8Array {
  return new Int8Array(Buffer.from(packed, 'base64'));
}

/** The cosine of two vectors in whole numbers, from 0 to 1: what points away from one another is unlike and no more. */
export function scoreVectors(one: Int8Array, other: Int8Array): number {
  return scoreProduct(multiply(one, other), multiply(one, one), multiply(other, other));
}

/** The cosine from the scalar product of two vectors and those of each with itself. Of equal vectors it is exactly 1. */
export function scoreProduct(product: number, square: number, otherSquare: number): number {
  return product <= 0 ? 0 : product / Math.sqrt(square * otherSquare);
}

/** The scalar product. */
export function multiply(one: Int8Array, other: Int8Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return sum;
}

type Growable = Int32Array | Uint8Array | Float64Array | BigInt64Array

/** A copy of at least twice the size that holds at least `needed` elements; new elements are zero. */
export const grown = <A extends Growable>(array: A, needed: number): A => {
  let length = Math.max(16, array.length * 2)
  while (length < needed) length *= 2
  const Constructor = array.constructor as new (length: number) => A
  const copy = new Constructor(length)
  copy.set(array as never)
  return copy
}

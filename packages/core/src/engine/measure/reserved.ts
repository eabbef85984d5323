import { grown } from "../../arrow/grown.ts"

/** The array itself if it holds so many elements, else a longer copy; new elements are zero. */
export const reserved = <A extends Int32Array | Uint8Array | Float64Array | BigInt64Array>(
  array: A,
  count: number
): A => (array.length < count ? grown(array, count) : array)

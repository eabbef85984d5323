import { BufferType, Data, type DataType, type Vector } from "apache-arrow"

/** What of a column is null: how many of its rows, and a bit a row that is set where there is a value. */
export interface Nulls {
  readonly nullCount: number
  readonly nullBitmap: Uint8Array | null
}

/** Those of a column without any. */
export const noNulls: Nulls = { nullCount: 0, nullBitmap: null }

/** Buffers as the type has them: where texts begin and end, values, codes or bits. */
interface Parts {
  readonly offsets?: Int32Array
  readonly values?: ArrayBufferView
  readonly children?: Array<Data>
  readonly dictionary?: Vector
}

/**
 * The data of a column, from buffers that are what its type takes. Arrow's `makeData` does the same for any type and any
 * kind of array: it finds that out each time, which takes longer than everything else about a small column.
 */
export const dataOf = <T extends DataType>(
  type: T,
  length: number,
  { nullBitmap, nullCount }: Nulls,
  { children, dictionary, offsets, values }: Parts
): Data<T> => {
  const buffers = {
    [BufferType.OFFSET]: offsets,
    [BufferType.DATA]: values,
    [BufferType.VALIDITY]: nullBitmap ?? noBits
  } as ConstructorParameters<typeof Data<T>>[4]
  return new Data(type, 0, length, nullCount, buffers, children, dictionary)
}

const noBits = new Uint8Array(0)

import { lanes, maxSeconds, microsAt, minSeconds, secondsAt, type TextPool, writeInstant } from "@sojourn/core"
import type { DecodedArray } from "hyparquet"
import type { LeafTime } from "./LeafText.ts"

/** Times as texts and as numbers. */
export interface Times {
  /** The numbers of the texts. */
  readonly codes: Int32Array
  /** Microseconds since 1970, or the least int64 outside of the years 0001 to 9999. */
  readonly micros: BigInt64Array
}

/** No time. */
export const noMicros = -(2n ** 63n)
const printed = new Uint8Array(32)
const encoder = new TextEncoder()

/**
 * What the values of a column of times mean; their texts, as `2024-07-10T10:00:00Z` or without `Z`, are added to `texts`. A
 * number outside of the years 0001 to 9999 is its own text.
 */
export const learnTimes = (values: DecodedArray, { isUtc, toMicros }: LeafTime, texts: TextPool): Times => {
  const { length } = values
  const micros = new BigInt64Array(length)
  if (toMicros === undefined && values instanceof BigInt64Array) micros.set(values)
  else for (let i = 0; i < length; i++) micros[i] = converted(values[i] as bigint | number, toMicros)
  const words = lanes(micros)
  const codes = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    const seconds = secondsAt(words, i)
    if (seconds >= minSeconds && seconds <= maxSeconds) {
      const end = writeInstant(printed, 0, seconds, microsAt(words, i))
      codes[i] = texts.add(printed, 0, isUtc ? end : end - 1)
    } else {
      const text = encoder.encode(String(values[i]))
      codes[i] = texts.add(text, 0, text.length)
      micros[i] = noMicros
    }
  }
  return { codes, micros }
}

/** What is no int64 any more is far outside of all years. */
const converted = (value: bigint | number, toMicros: LeafTime["toMicros"]): bigint => {
  const micros = toMicros === undefined ? BigInt(value) : toMicros(BigInt(value))
  return BigInt.asIntN(64, micros) === micros ? micros : noMicros
}

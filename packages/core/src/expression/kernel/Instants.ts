import { makeInstant, type ParseTime } from "../../time/Instant.ts"
import { storeMicros } from "../../time/Int64.ts"
import { isBlank } from "../TextValue.ts"
import { longsOf, makeLongs, placesOf } from "../Values.ts"
import { as, type Kernel } from "./Kernel.ts"

/** Reads instants straight from UTF-8: nearly every one is different. `trims`: blanks around them do not count. */
export const readInstants = (parse: ParseTime, trims: boolean, cause: number): Kernel => {
  const instant = makeInstant()
  return (inputs, rows) => {
    const { codes, mask, texts } = as(inputs[0], "text")
    const { bytes, offsets } = texts.utf8()
    const places = placesOf(rows, mask)
    const longs = makeLongs(places)
    const valid = new Uint8Array(places)
    let failed: Int32Array | undefined
    for (let i = 0; i < places; i++) {
      if (codes[i] < 0) continue
      let start = offsets[codes[i]]
      let end = offsets[codes[i] + 1]
      if (trims) {
        while (start < end && isBlank(bytes[start])) start++
        while (start < end && isBlank(bytes[end - 1])) end--
      }
      if (parse(bytes, start, end, instant)) {
        storeMicros(longs, i, instant.seconds, instant.micros)
        valid[i] = 1
      } else {
        failed ??= new Int32Array(places)
        failed[i] = cause
      }
    }
    return longsOf(longs, mask, valid, failed)
  }
}

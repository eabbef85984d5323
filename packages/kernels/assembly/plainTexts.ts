import { Column, longestKnown } from "./column"
import { copyText } from "./memory"

/**
 * Copies those of the texts `from` to `to` of a column that stand as they are written: of JSON tokens, strings without an
 * escape, whose quotes are left out. `offsets`: an i32 a text, and one more, where it begins and ends, counted from `base` at
 * `bytes`. Texts that are not among them are empty there, and their numbers go to `others`: gives how many. With
 * `blanksToo` those are all that begin with a blank or have no byte; very long ones, which are not looked for, always are.
 */
export function plainTexts(
  column: Column,
  from: i32,
  to: i32,
  blanksToo: bool,
  offsets: usize,
  base: i32,
  bytes: usize,
  others: usize
): i32 {
  let count: i32 = 0
  let end = base
  store<i32>(offsets, end)
  for (let code = from; code < to; code++) {
    const place = column.offsets + ((<usize>code) << 2)
    let at = column.bytes + load<i32>(place)
    let length = load<i32>(place, 4) - load<i32>(place)
    let isPlain = length <= longestKnown
    if (column.json) {
      isPlain = isPlain && load<u8>(at) === 0x22
      at++
      length -= 2
    }
    if (isPlain && (!column.json || !hasEscape(at, length)) && !(blanksToo && (length === 0 || load<u8>(at) <= 0x20))) {
      copyText(bytes + <usize>(end - base), at, length)
      end += length
    } else {
      store<i32>(others + ((<usize>count) << 2), code)
      count++
    }
    store<i32>(offsets + ((<usize>(code - from)) << 2), end, 4)
  }
  return count
}

// @ts-ignore: decorator
@inline
function hasEscape(at: usize, length: i32): bool {
  for (let i = 0; i < length; i += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at + i), i8x16.splat(0x5c)))
    if (found !== 0 && i + ctz(found) < length) return true
  }
  return false
}

// Passes over JSON text (RFC 8259). A function takes the place where something starts and gives the place after it, or
// 0 where the text is not clean; after the end of the text stand zeros, which are nowhere clean. Whitespace is that
// within a line: a newline is not clean.

/** Something passed since {@link textBegin} may not have been ASCII. */
export let hasNonAscii: bool = false
/** Grows with every run of whitespace passed. */
export let blankRuns: u32 = 0

/** Arrays and objects that stand deeper in a value are not clean. */
const maxDepth: i32 = 64

// @ts-ignore: decorator
@inline
export function textBegin(): void {
  hasNonAscii = false
}

// @ts-ignore: decorator
@inline
export function skip(at: usize): usize {
  return load<u8>(at) > 0x20 ? at : skipBlanks(at)
}

function skipBlanks(at: usize): usize {
  let i = at
  while (true) {
    const byte = load<u8>(i)
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) break
    i++
  }
  blankRuns++
  return i
}

/** The rest of a string whose opening quote is before `at`. */
// @ts-ignore: decorator
@inline
export function passString(at: usize): usize {
  let i = at
  while (true) {
    const bytes = v128.load(i)
    // Compared as signed numbers, bytes that are not ASCII are less than a space too.
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        i8x16.lt_s(bytes, i8x16.splat(0x20))
      )
    )
    if (stops !== 0) {
      i += ctz(stops)
      return load<u8>(i) === 0x22 ? i + 1 : passRareString(i)
    }
    i += 16
  }
}

/** The rest of a string, which has escapes or is not ASCII. */
function passRareString(at: usize): usize {
  let i = at
  while (true) {
    const bytes = v128.load(i)
    // What follows the string counts too; then the record is only checked in vain.
    if (i8x16.bitmask(bytes) !== 0) hasNonAscii = true
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        i8x16.lt_u(bytes, i8x16.splat(0x20))
      )
    )
    if (stops === 0) {
      i += 16
      continue
    }
    i += ctz(stops)
    const byte = load<u8>(i)
    if (byte === 0x22) return i + 1
    if (byte !== 0x5c) return 0
    i = passEscape(i + 1)
    if (i === 0) return 0
  }
}

/** What follows a backslash. */
function passEscape(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x22:
    case 0x2f:
    case 0x5c:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 1
    case 0x75:
      for (let i: usize = 1; i <= 4; i++) {
        const byte = load<u8>(at + i)
        if (<u32>(byte - 0x30) > 9 && <u32>((byte | 0x20) - 0x61) > 5) return 0
      }
      return at + 5
    default:
      return 0
  }
}

/** A key, its quotes, its colon and the whitespace around that: the place of the value. */
function passKey(at: usize): usize {
  if (load<u8>(at) !== 0x22) return 0
  const after = passString(at + 1)
  return after === 0 ? 0 : passColon(after)
}

/** A colon and the whitespace around it. */
export function passColon(at: usize): usize {
  const i = skip(at)
  return load<u8>(i) === 0x3a ? skip(i + 1) : 0
}

/** A string, number or word. */
export function passScalar(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x22:
      return passString(at + 1)
    case 0x74:
      return load<u32>(at) === 0x65757274 ? at + 4 : 0
    case 0x66:
      return load<u32>(at, 1) === 0x65736c61 ? at + 5 : 0
    case 0x6e:
      return load<u32>(at) === 0x6c6c756e ? at + 4 : 0
    default:
      return passNumber(at)
  }
}

function passNumber(at: usize): usize {
  let i = load<u8>(at) === 0x2d ? at + 1 : at
  const whole = passDigits(i)
  if (whole === i || (whole > i + 1 && load<u8>(i) === 0x30)) return 0
  i = whole
  if (load<u8>(i) === 0x2e) {
    const after = passDigits(i + 1)
    if (after === i + 1) return 0
    i = after
  }
  if ((load<u8>(i) | 0x20) === 0x65) {
    const sign = load<u8>(i, 1)
    const first = sign === 0x2b || sign === 0x2d ? i + 2 : i + 1
    i = passDigits(first)
    if (i === first) return 0
  }
  return i
}

/** Digits, if any. */
// @ts-ignore: decorator
@inline
function passDigits(at: usize): usize {
  let i = at
  while (true) {
    const others = i8x16.bitmask(i8x16.gt_u(i8x16.sub(v128.load(i), i8x16.splat(0x30)), i8x16.splat(9)))
    if (others !== 0) return i + ctz(others)
    i += 16
  }
}

/** An array or object. */
export function passContainer(at: usize): usize {
  /** A bit for each array or object that is open, the innermost the lowest: 1 is an object. */
  let objects: u64 = 0
  let depth = 0
  let i = at
  while (true) {
    let byte = load<u8>(i)
    if (byte === 0x7b || byte === 0x5b) {
      if (++depth > maxDepth) return 0
      objects = (objects << 1) | <u64>(byte === 0x7b)
      i = skip(i + 1)
      if (load<u8>(i) !== byte + 2) {
        if (byte === 0x7b && (i = passKey(i)) === 0) return 0
        continue
      }
    } else {
      i = passScalar(i)
      if (i === 0) return 0
      i = skip(i)
    }
    while (true) {
      byte = load<u8>(i)
      if (byte !== (objects & 1 ? 0x7d : 0x5d)) break
      objects >>= 1
      if (--depth === 0) return i + 1
      i = skip(i + 1)
    }
    if (byte !== 0x2c) return 0
    i = skip(i + 1)
    if (objects & 1 && (i = passKey(i)) === 0) return 0
  }
}

/** Copies clean text without its whitespace: the place after the copy, which is no longer than the text. */
export function copyCompact(to: usize, from: usize, end: usize): usize {
  let inString = false
  let put = to
  for (let i = from; i < end; i++) {
    const byte = load<u8>(i)
    if (byte === 0x5c) {
      store<u8>(put++, byte)
      store<u8>(put++, load<u8>(++i))
      continue
    }
    if (byte === 0x22) inString = !inString
    if (inString || byte > 0x20) store<u8>(put++, byte)
  }
  return put
}

/**
 * One parsed instant, written by a {@link ParseTime} and used again for the next. Seconds and microseconds are kept
 * apart because microseconds since 1970 exceed the exact integers of a double from the year 2255 on.
 */
export interface Instant {
  /** Since 1970-01-01T00:00:00Z, rounded down. */
  seconds: number
  /** 0 to 999999. */
  micros: number
  /** The wall-clock time was skipped by a clock change and has been moved forward by the gap. */
  skipped: boolean
  /** The wall-clock time occurred twice; this is the earlier one. */
  doubled: boolean
  /** The text named no zone, so the given one decided. */
  local: boolean
}

/**
 * Reads `bytes[start..end)` as UTF-8 text of one time format and writes it to `out`. False, with `out` in any state,
 * when the whole of the text is not a time in that format.
 */
export type ParseTime = (bytes: Uint8Array, start: number, end: number, out: Instant) => boolean

export const makeInstant = (): Instant => ({ seconds: 0, micros: 0, skipped: false, doubled: false, local: false })

/** 0001-01-01T00:00:00Z. */
export const minSeconds = -62_135_596_800
/** 9999-12-31T23:59:59Z. */
export const maxSeconds = 253_402_300_799

/** Sets an instant that no zone had a part in; false when it is outside the years 0001 to 9999. */
export const setInstant = (out: Instant, seconds: number, micros: number): boolean => {
  out.seconds = seconds
  out.micros = micros
  out.skipped = false
  out.doubled = false
  out.local = false
  return seconds >= minSeconds && seconds <= maxSeconds
}

import { daysFromCivil, secondsPerDay } from "./Calendar.ts"
import { makeInstant } from "./Instant.ts"
import { compileTimeFormat, TimeFormatError } from "./TimeFormat.ts"
import { utc } from "./Zone.ts"

/** A format with the number of samples that it reads. */
export interface FormatScore {
  readonly format: string
  readonly parsed: number
  readonly total: number
}

/**
 * What format the times of a column are in.
 *
 * - `format`: this one; `noZone` when some of the text leaves the zone open
 * - `ambiguous`: day first or month first, and nothing in the samples tells which
 * - `mixed`: several formats that must not share a column, each with the number of samples that only it explains
 * - `none`: not times; `best` came nearest
 */
export type TimeGuess =
  | ({ readonly kind: "format"; readonly noZone: boolean } & FormatScore)
  | { readonly kind: "ambiguous"; readonly formats: readonly [string, string] }
  | { readonly kind: "mixed"; readonly counts: Readonly<Record<string, number>> }
  | { readonly kind: "none"; readonly best?: FormatScore }

/** Bad rows are normal: the format that reads most samples is accepted from this share on. */
const enough = 0.5
/** Where one value fits several formats, this share of the evidence must be for one. */
const nearlyAll = 0.99
/** One reading is nearer to sorted with this share of the other's descents; shuffled samples have about as many. */
const clearlyFewer = 0.5

const firstYear = 1990
const secondsPerYear = 366 * secondsPerDay

/**
 * Guesses from samples in the order of the column: UTF-8 text, without nulls and blanks. `nowSeconds` since 1970 bounds
 * what a number can mean: an instant from 1990 to a year from then.
 */
export const guessTime = (samples: ReadonlyArray<Uint8Array>, nowSeconds: number): TimeGuess => {
  const total = samples.length
  const numbers = read("epoch_ns", samples).parsed
  return numbers > 0 && numbers >= total * enough ? guessNumbers(samples, numbers, nowSeconds) : guessText(samples)
}

/** How one format reads the samples. */
interface Reading {
  readonly format: string
  /** Since 1970, by sample; NaN where the format does not fit. */
  readonly seconds: Float64Array
  readonly parsed: number
  readonly noZone: boolean
}

const read = (
  format: string,
  samples: ReadonlyArray<Uint8Array>,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY
): Reading => {
  const parse = compileTimeFormat(format, utc)
  if (parse instanceof TimeFormatError) throw parse
  const instant = makeInstant()
  let noZone = false
  let parsed = 0
  const seconds = Float64Array.from(samples, (sample) => {
    if (!parse(sample, 0, sample.length, instant)) return Number.NaN
    const value = instant.seconds + instant.micros / 1_000_000
    if (value < from || value > to) return Number.NaN
    noZone ||= instant.local
    parsed++
    return value
  })
  return { format, seconds, parsed, noZone }
}

const most = (readings: ReadonlyArray<Reading>): Reading =>
  readings.reduce((best, reading) => (reading.parsed > best.parsed ? reading : best))

const accepted = ({ format, parsed, noZone }: Reading, total: number): TimeGuess => ({
  kind: "format",
  format,
  parsed,
  total,
  noZone
})

const none = ({ format, parsed }: Reading, total: number): TimeGuess =>
  parsed === 0 ? { kind: "none" } : { kind: "none", best: { format, parsed, total } }

/** A number fits one of these at most, since their ranges are far apart. */
const guessNumbers = (samples: ReadonlyArray<Uint8Array>, numbers: number, nowSeconds: number): TimeGuess => {
  const from = daysFromCivil(firstYear, 1, 1) * secondsPerDay
  const to = nowSeconds + secondsPerYear
  const readings = ["epoch_s", "epoch_ms", "epoch_us", "epoch_ns"].map((format) => read(format, samples, from, to))
  readings.push(read("yyyyMMdd", samples))
  const best = most(readings)
  if (best.parsed >= numbers * nearlyAll) return accepted(best, samples.length)
  const explained = readings.reduce((sum, reading) => sum + reading.parsed, 0)
  return explained >= numbers * nearlyAll ? mixed(readings) : none(best, samples.length)
}

const mixed = (readings: ReadonlyArray<Pick<Reading, "format" | "parsed">>): TimeGuess => ({
  kind: "mixed",
  counts: Object.fromEntries(readings.filter(({ parsed }) => parsed > 0).map(({ format, parsed }) => [format, parsed]))
})

/** Formats of text; the two of a pair differ in whether the day or the month comes first. */
const candidates = (): ReadonlyArray<readonly [string, string?]> => {
  const timesOfDay = ["", " HH:mm", " HH:mm:ss", " hh:mm a", " hh:mm:ss a"]
  const pairs = ["/", ".", "-"].flatMap((separator) =>
    timesOfDay.map(
      (time) => [["dd", "MM", "yyyy"].join(separator) + time, ["MM", "dd", "yyyy"].join(separator) + time] as const
    )
  )
  const short = (format: string) =>
    format
      .replace("dd", "d")
      .replace("MM", "M")
      .replace(/HH|hh/, (hour) => hour[0])
  return [
    ["iso8601"],
    ["yyyy-MM-dd"],
    ["yyyy/MM/dd"],
    ["yyyy/MM/dd HH:mm"],
    ["yyyy/MM/dd HH:mm:ss"],
    ["dd/MMM/yyyy:HH:mm:ss Z"],
    ["EEE MMM dd yyyy HH:mm:ss"],
    ["EEE MMM dd yyyy HH:mm:ss 'GMT'Z"],
    ["EEE MMM dd yyyy HH:mm:ss 'GMT'Z (zzzz)"],
    ...pairs,
    ...pairs.map(([dayFirst, monthFirst]) => [short(dayFirst), short(monthFirst)] as const)
  ]
}

const guessText = (samples: ReadonlyArray<Uint8Array>): TimeGuess => {
  const total = samples.length
  const scores = candidates().map(([format, other]) => {
    const reading = read(format, samples)
    if (other === undefined) return { readings: [reading] as const, parsed: reading.parsed }
    const readings = [reading, read(other, samples)] as const
    return { readings, parsed: count(samples, (i) => isRead(readings[0], i) || isRead(readings[1], i)) }
  })
  const best = scores.reduce((best, score) => (score.parsed > best.parsed ? score : best))
  if (best.parsed === 0 || best.parsed < total * enough) return none(most(best.readings), total)
  const [first, second] = best.readings
  return second === undefined ? accepted(first, total) : choose(first, second, samples)
}

/** A part over 12 decides, else the order in which the samples come. */
const choose = (a: Reading, b: Reading, samples: ReadonlyArray<Uint8Array>): TimeGuess => {
  const onlyA = count(samples, (i) => isRead(a, i) && !isRead(b, i))
  const onlyB = count(samples, (i) => isRead(b, i) && !isRead(a, i))
  if (onlyA + onlyB > 0) {
    return Math.max(onlyA, onlyB) >= (onlyA + onlyB) * nearlyAll
      ? accepted(onlyA > onlyB ? a : b, samples.length)
      : mixed([
          { format: a.format, parsed: onlyA },
          { format: b.format, parsed: onlyB }
        ])
  }
  const [downA, downB] = [descents(a), descents(b)]
  return downA === downB || Math.min(downA, downB) > Math.max(downA, downB) * clearlyFewer
    ? { kind: "ambiguous", formats: [a.format, b.format] }
    : accepted(downA < downB ? a : b, samples.length)
}

const isRead = ({ seconds }: Reading, sample: number): boolean => !Number.isNaN(seconds[sample])

const count = (samples: ReadonlyArray<Uint8Array>, holds: (sample: number) => boolean): number =>
  samples.reduce((sum, _, i) => sum + (holds(i) ? 1 : 0), 0)

/** How often a sample is earlier than the one before it: 0 when sorted. */
const descents = ({ seconds }: Reading): number => {
  const read = seconds.filter((value) => !Number.isNaN(value))
  return read.reduce((sum, value, i) => sum + (i > 0 && value < read[i - 1] ? 1 : 0), 0)
}

const second = 1_000_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Microseconds of each unit, under every name it has. */
const units: ReadonlyMap<string, number> = new Map(
  (
    [
      [1, "us microsecond microseconds"],
      [1000, "ms millisecond milliseconds"],
      [second, "s sec secs second seconds"],
      [minute, "m min mins minute minutes"],
      [hour, "h hour hours"],
      [day, "d day days"],
      [7 * day, "w week weeks"]
    ] as const
  ).flatMap(([micros, names]) => names.split(" ").map((name) => [name, micros] as const))
)

const form = /^\s*(-?)\s*(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/i

/**
 * Microseconds of an interval such as `30 minutes`, `1h 30m`, `1.5 days` or `-500ms`; `undefined` if it is none.
 * Fractions of a microsecond are rounded.
 */
export const intervalMicros = (text: string): number | undefined => {
  const match = form.exec(text)
  if (match === null) return undefined
  let micros = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const size = units.get(unit.toLowerCase())
    if (size === undefined) return undefined
    micros += Math.round(Number(amount) * size)
  }
  return Number.isSafeInteger(micros) ? (match[1] === "-" ? 0 - micros : micros) : undefined
}

export const intervalExpected = "an interval such as 30 minutes, 1h 30m or 7 days"

/** What may help where a text is no interval. */
export const intervalHint = (text: string): string | undefined =>
  /\d\s*(months?|mon|years?|y)\b/i.test(text) ? "months and years have no fixed length: write days" : undefined

/** An interval as {@link intervalMicros} reads it: `1d2h`, `-1m30.5s`, `0s`. */
export const intervalText = (micros: bigint): string => {
  if (micros === 0n) return "0s"
  let rest = micros < 0n ? -micros : micros
  let text = micros < 0n ? "-" : ""
  for (const [name, size] of [
    ["d", day],
    ["h", hour],
    ["m", minute]
  ] as const) {
    const amount = rest / BigInt(size)
    if (amount > 0n) text += `${amount}${name}`
    rest %= BigInt(size)
  }
  if (rest === 0n) return text
  const fraction = String(rest % BigInt(second))
    .padStart(6, "0")
    .replace(/0+$/, "")
  return `${text}${rest / BigInt(second)}${fraction === "" ? "" : `.${fraction}`}s`
}

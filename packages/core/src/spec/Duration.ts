import * as Schema from "effect/Schema"

const microsByUnit: Record<string, number> = { ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9, d: 8.64e10 }

/** Microseconds of a duration such as `500ms`, `45s`, `30m`, `1h`, `1d`, `1h30m`; `undefined` if it is none. */
export const durationMicros = (text: string): number | undefined => {
  if (!durationPattern.test(text)) return undefined
  let micros = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) micros += Number(amount) * microsByUnit[unit]
  return Number.isSafeInteger(micros) ? micros : undefined
}

/** The shortest spelling of a duration in microseconds: `30m`, `1h30m`, `500ms`. */
export const durationText = (micros: number): string => {
  if (micros === 0) return "0s"
  let rest = micros
  let text = ""
  for (const [unit, size] of Object.entries(microsByUnit).reverse()) {
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text
}

const durationPattern = /^(\d+(ms|s|m|h|d))+$/

/** What an error says was expected. */
export const durationExpected = "a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m"

export const Duration = Schema.String.check(
  Schema.makeFilter((text: string) => durationMicros(text) !== undefined, {
    expected: durationExpected,
    toJsonSchema: () => [{ pattern: durationPattern.source }, true]
  })
)

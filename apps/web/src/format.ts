/** Values as a person reads them. Times are microseconds since 1970, printed in UTC. */

export const count = (value: number): string => value.toLocaleString("en")

export const percent = (part: number, whole: number): string => {
  if (whole === 0) return "0 %"
  const share = (100 * part) / whole
  if (share > 0 && share < 0.1) return "< 0.1 %"
  if (share > 99 && share < 100) return `${Math.min(99.9, Number(share.toFixed(1)))} %`
  return `${share.toFixed(share < 10 && share > 0 ? 1 : 0)} %`
}

export const bytes = (value: number): string => {
  const unit = value < 1e3 ? 0 : value < 1e6 ? 1 : value < 1e9 ? 2 : 3
  const scaled = value / 1000 ** unit
  return `${scaled.toLocaleString("en", { maximumFractionDigits: scaled < 10 && unit > 0 ? 1 : 0 })} ${["B", "kB", "MB", "GB"][unit]}`
}

/** `2024-07-10T10:00:00Z`, with a fraction only when there is one. */
export const instant = (micros: number): string => {
  const seconds = Math.floor(micros / 1e6)
  const fraction = micros - seconds * 1e6
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  if (fraction === 0) return `${text}Z`
  const digits = String(fraction).padStart(6, "0").replace(/000$/, "")
  return `${text}.${digits}Z`
}

/** `2024-07-10 10:00:00`, for tables whose heading names the zone. */
export const time = (micros: number): string => instant(micros).replace("T", " ").replace("Z", "")

export const date = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10)

const units: ReadonlyArray<readonly [name: string, seconds: number]> = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1]
]

/** `1h5m`, `8m33s`, `0.5s`: the two largest units. */
export const duration = (seconds: number): string => {
  if (seconds === 0) return "0s"
  if (seconds < 60) return `${Number(seconds.toPrecision(3))}s`
  const first = units.findIndex(([, size]) => seconds >= size)
  let left = Math.round(seconds)
  return units
    .slice(first, first + 2)
    .map(([name, size]) => {
      const whole = Math.floor(left / size)
      left -= whole * size
      return whole === 0 ? "" : `${whole}${name}`
    })
    .join("")
}

/** A duration that a spec understands, as near to some seconds as a person would say it. */
export const roundDuration = (seconds: number): string => {
  const [, size] = units.find(([, size]) => seconds >= size) ?? ["s", 1]
  const whole = seconds / size
  const step = size === 1 ? 1 : whole < 3 ? 4 : 1
  return duration(Math.max(1, Math.round((Math.round(whole * step) / step) * size)))
}

/** Seconds of a duration such as `1h30m`; null if it is none. */
export const secondsOf = (text: string): number | null => {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return null
  const sizes: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 }
  return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * sizes[unit],
    0
  )
}

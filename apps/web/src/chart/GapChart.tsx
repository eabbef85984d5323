import { count, duration } from "../format.ts"
import { texts } from "../texts.ts"

const height = 130
/** Bars to a factor of ten. */
const perDecade = 8

/** From a second to a month, as logarithms to the base of ten. */
const [lowest, highest] = [0, Math.log10(2_592_000)]
const barCount = Math.ceil((highest - lowest) * perDecade)
const ticks = [1, 10, 60, 600, 1800, 3600, 21_600, 86_400, 604_800]

/** Those that there is no room for on a small screen. */
const minorTicks = [10, 600, 1800, 604_800]

/** Where a duration stands, from 0 to 1. */
export const placeOf = (seconds: number): number =>
  Math.min(1, Math.max(0, (Math.log10(Math.max(seconds, 1)) - lowest) / (highest - lowest)))

/** The seconds at a place from 0 to 1. */
export const secondsAtPlace = (place: number): number => 10 ** (lowest + place * (highest - lowest))

/** How many times between events are longer than the gap; they are ascending. */
export const longerThan = (gaps: Float64Array, seconds: number): number => {
  let [from, to] = [0, gaps.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (gaps[middle] > seconds) to = middle
    else from = middle + 1
  }
  return gaps.length - from
}

/** The times between the events of a user, on a logarithmic scale, and where the gap cuts them. */
export const GapChart = ({ gaps, gap }: { readonly gaps: Float64Array; readonly gap: number | null }) => {
  const counts = new Float64Array(barCount)
  for (const seconds of gaps) counts[Math.min(barCount - 1, Math.floor(placeOf(seconds) * barCount))]++
  const most = Math.max(1, ...counts)
  const width = 100 / barCount
  const at = gap === null ? 1 : placeOf(gap)
  return (
    <svg class="gap-chart" role="img" aria-label={texts.gapsLabel(gaps.length)} width="100%" height={height + 20}>
      {Array.from(counts, (bar, i) => {
        const tall = (bar / most) * height
        return (
          <rect
            key={i}
            class={(i + 0.5) / barCount > at ? "gap-bar cuts" : "gap-bar"}
            x={`${i * width}%`}
            width={`${width * 0.86}%`}
            y={height - tall}
            height={tall}
          >
            <title>{`${duration(Math.round(secondsAtPlace(i / barCount)))}: ${count(bar)}`}</title>
          </rect>
        )
      })}
      {gap !== null && <line class="gap-line" x1={`${at * 100}%`} x2={`${at * 100}%`} y1="0" y2={height} />}
      {ticks.map((tick) => (
        <text
          key={tick}
          class={minorTicks.includes(tick) ? "tick minor" : "tick"}
          x={`${placeOf(tick) * 100}%`}
          y={height + 15}
        >
          {duration(tick)}
        </text>
      ))}
    </svg>
  )
}

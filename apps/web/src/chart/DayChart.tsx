import type { DayCount } from "../engine/Engine.ts"
import { count, date } from "../format.ts"
import { texts } from "../texts.ts"

const height = 120
/** Days that have room; of more, neighbours share a bar. */
const mostBars = 120

/** What is open is filled with: it stands once on the page. */
export const Hatch = () => (
  <svg class="defs" width="0" height="0" aria-hidden="true">
    <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch-back" width="5" height="5" />
      <line class="hatch-line" x1="0" y1="0" x2="0" y2="5" />
    </pattern>
  </svg>
)

/** Sessions a day as bars, days without any among them; those that are still open are hatched. */
export const DayChart = ({ days }: { readonly days: ReadonlyArray<DayCount> }) => {
  const bars = barsOf(days)
  const most = Math.max(1, ...bars.map(({ sessions }) => sessions))
  const width = 100 / Math.max(bars.length, 1)
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return <p class="nothing">{texts.noRows}</p>
  return (
    <figure class="day-chart">
      <svg role="img" aria-label={texts.sessionsADayLabel(days.length)} width="100%" height={height}>
        {bars.map(({ day, lastDay, open, sessions }, i) => {
          const full = (sessions / most) * (height - 4)
          const hatched = (open / most) * (height - 4)
          const x = `${i * width + width * 0.1}%`
          const wide = `${Math.min(width * 0.8, 12)}%`
          return (
            <g key={day}>
              <title>{`${day === lastDay ? date(day) : `${date(day)} to ${date(lastDay)}`}: ${count(sessions)}`}</title>
              <rect class="day-bar" x={x} width={wide} y={height - full} height={full - hatched} />
              <rect fill="url(#hatch)" x={x} width={wide} y={height - hatched} height={hatched} />
            </g>
          )
        })}
      </svg>
      <figcaption>
        <span>{date(first.day)}</span>
        {days.some(({ open }) => open > 0) && <span class="hatched-key">{texts.openHatched}</span>}
        {last.lastDay !== first.day && <span>{date(last.lastDay)}</span>}
      </figcaption>
    </figure>
  )
}

const barsOf = (days: ReadonlyArray<DayCount>) => {
  const first = days[0]?.day ?? 0
  const span = (days.at(-1)?.day ?? first) - first + 1
  const size = Math.ceil(span / mostBars)
  const bars = Array.from({ length: days.length === 0 ? 0 : Math.ceil(span / size) }, (_, i) => ({
    day: first + i * size,
    lastDay: first + Math.min(span, (i + 1) * size) - 1,
    sessions: 0,
    open: 0
  }))
  for (const { day, open, sessions } of days) {
    const bar = bars[Math.floor((day - first) / size)]
    bar.sessions += sessions
    bar.open += open
  }
  return bars
}

import { useEffect, useRef } from "preact/hooks"
import type { Timeline } from "../engine/Engine.ts"
import { count, duration, time } from "../format.ts"
import { texts } from "../texts.ts"

/** Colours of the types, in their order; see the style sheet. */
export const seriesColour = (i: number): string =>
  getComputedStyle(document.documentElement)
    .getPropertyValue(`--series-${(i % 8) + 1}`)
    .trim()

/** Counts of events over time as stacked bars. Dragging chooses a time. */
export const TimelineChart = (props: {
  readonly timeline: Timeline
  readonly isDark: boolean
  readonly onBrush: (from: number, to: number) => void
}) => {
  const { isDark, timeline } = props
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null || timeline.counts.length === 0) return
    const drawn = draw(element, timeline, props.onBrush)
    return () => void drawn.then((destroy) => destroy())
  }, [timeline, isDark])
  return (
    <div
      class="timeline"
      ref={place}
      role="img"
      aria-label={texts.timelineLabel(timeline.shown, duration(timeline.stepMicros / 1e6))}
    />
  )
}

const draw = async (element: HTMLDivElement, timeline: Timeline, onBrush: (from: number, to: number) => void) => {
  const { default: Plot } = await import("uplot")
  const { counts, start, stepMicros, types } = timeline
  const steps = counts[0].length
  const at = Float64Array.from({ length: steps }, (_, i) => (start + (i + 0.5) * stepMicros) / 1e6)
  // Stacked: each type stands on those before it, and the tallest is drawn first.
  const stacked = counts.map((_, i) =>
    Float64Array.from({ length: steps }, (_, step) =>
      counts.slice(0, i + 1).reduce((sum, numbers) => sum + numbers[step], 0)
    )
  )
  const order = types.map((_, i) => types.length - 1 - i)
  const style = getComputedStyle(element)
  const axis = {
    stroke: style.getPropertyValue("--dim"),
    grid: { stroke: style.getPropertyValue("--line"), width: 1 },
    ticks: { stroke: style.getPropertyValue("--line"), width: 1 },
    font: `12px ${style.fontFamily}`
  }
  const bars = Plot.paths.bars?.({ size: [0.95, Infinity], align: 0 })
  const plot = new Plot(
    {
      width: element.clientWidth,
      height: 260,
      tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
      scales: {
        x: { range: () => [start / 1e6, (start + steps * stepMicros) / 1e6] },
        y: { range: (_self, _low, high) => [0, Math.max(1, high * 1.05)] }
      },
      axes: [
        { ...axis, space: 90, values: timeLabels },
        { ...axis, size: 56, values: (_self, values) => values.map((value) => (value % 1 === 0 ? count(value) : "")) }
      ],
      series: [
        {},
        ...order.map((i) => ({
          label: types[i],
          fill: seriesColour(i),
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars })
        }))
      ],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width } = self.select
            if (width < 3) return
            const micros = (pixels: number) => Math.round(self.posToVal(pixels, "x") * 1e6)
            onBrush(micros(left), micros(left + width))
          }
        ],
        setCursor: [
          ({ cursor }) => {
            const { idx } = cursor
            element.title = idx === null || idx === undefined ? "" : tipOf(timeline, idx)
          }
        ]
      }
    },
    [at, ...order.map((i) => stacked[i])],
    element
  )
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 260 }))
  observer.observe(element)
  return () => {
    observer.disconnect()
    plot.destroy()
  }
}

/** Times as ISO 8601 has them, as fine as the steps of the axis need; `step` in seconds. */
const timeLabels = (_self: unknown, splits: ReadonlyArray<number>, _axis: number, _space: number, step: number) =>
  splits.map((seconds, i) => {
    const text = time(seconds * 1e6)
    const [day, clock] = [text.slice(0, 10), text.slice(11, step < 60 ? 19 : 16)]
    if (step >= 86_400) return day
    return i === 0 || time(splits[i - 1] * 1e6).slice(0, 10) !== day ? `${clock}\n${day}` : clock
  })

const tipOf = ({ counts, start, stepMicros, types }: Timeline, step: number): string =>
  [
    time(start + step * stepMicros),
    ...types.flatMap((type, i) => (counts[i][step] > 0 ? [`${type}: ${count(counts[i][step])}`] : []))
  ].join("\n")

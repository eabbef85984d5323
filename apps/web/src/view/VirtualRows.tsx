import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef, useState } from "preact/hooks"

/** No browser draws an element that is much higher; beyond it scrolling takes larger steps. */
const mostHeight = 8_000_000
/** Rows that are drawn above and below what is seen. */
const margin = 6

/** Rows of one height, of which only those that are seen are there. The arrow keys move among them, Enter opens one. */
export const VirtualRows = (props: {
  readonly count: number
  readonly rowHeight: number
  readonly label: string
  readonly columns?: number
  readonly head?: ComponentChildren
  readonly width?: string
  /** The row that is shown first, when it changes. */
  readonly goTo?: number | undefined
  readonly renderRow: (row: number) => ComponentChildren
  readonly rowClass?: (row: number) => string
  readonly onVisible: (from: number, to: number) => void
  readonly onOpen?: (row: number) => void
}) => {
  const { count, head, rowHeight } = props
  const view = useRef<HTMLDivElement>(null)
  const id = useId()
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(480)
  const [active, setActive] = useState(0)

  const full = Math.min(count * rowHeight, mostHeight)
  const headHeight = head === undefined ? 0 : rowHeight
  const seen = Math.max(1, Math.floor((height - headHeight) / rowHeight))
  const scrollable = Math.max(1, full - seen * rowHeight)
  const isScaled = full < count * rowHeight
  const first = isScaled
    ? Math.round((Math.min(top, scrollable) / scrollable) * (count - seen))
    : Math.floor(top / rowHeight)
  const from = Math.max(0, first - margin)
  const to = Math.min(count, first + seen + margin + 1)
  const topOf = (row: number) => (isScaled ? top + (row - first) * rowHeight : row * rowHeight)
  const scrollTo = (row: number) => {
    const last = Math.max(0, count - seen)
    const at = isScaled ? (Math.min(row, last) / Math.max(1, count - seen)) * scrollable : row * rowHeight
    view.current?.scrollTo({ top: at })
  }

  useEffect(() => {
    const element = view.current
    if (element === null) return
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => props.onVisible(from, to), [from, to, props.onVisible])
  useEffect(() => {
    if (props.goTo === undefined) return
    setActive(props.goTo)
    scrollTo(Math.max(0, props.goTo - 3))
  }, [props.goTo, count])

  const move = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: seen - 1,
      PageUp: 1 - seen,
      Home: -count,
      End: count
    }
    if (event.target !== view.current) return
    if (event.key === "Enter") props.onOpen?.(active)
    if (!(event.key in steps)) return
    event.preventDefault()
    const next = Math.max(0, Math.min(count - 1, active + steps[event.key]))
    setActive(next)
    if (next < first + 1) scrollTo(Math.max(0, next - 1))
    else if (next > first + seen - 2) scrollTo(next - seen + 2)
  }

  return (
    <div
      class="rows"
      ref={view}
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + (head === undefined ? 0 : 1)}
      aria-activedescendant={count > 0 && active >= from && active < to ? `${id}-${active}` : undefined}
      tabIndex={0}
      style={{ maxHeight: `${full + headHeight + 18}px` }}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={move}
    >
      <div class="rows-inner" style={{ width: props.width ?? "100%" }} role="presentation">
        {head !== undefined && (
          <div class="row head" role="row" aria-rowindex={1} style={{ height: `${rowHeight}px` }}>
            {head}
          </div>
        )}
        <div class="rows-all" style={{ height: `${full}px` }} role="rowgroup">
          {Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).map((row) => (
            <div
              key={row}
              id={`${id}-${row}`}
              class={`row ${row === active ? "active" : ""} ${props.onOpen === undefined ? "" : "opens"} ${props.rowClass?.(row) ?? ""}`}
              role="row"
              aria-rowindex={row + (head === undefined ? 1 : 2)}
              aria-selected={row === active}
              style={{ height: `${rowHeight}px`, transform: `translateY(${topOf(row)}px)` }}
              onClick={() => {
                setActive(row)
                props.onOpen?.(row)
              }}
            >
              {props.renderRow(row)}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

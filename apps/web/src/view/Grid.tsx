import type { ComponentChildren } from "preact"
import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import type { Problem, Run, TableName } from "../engine/Engine.ts"
import type { Cell, ColumnKind, Filter, Page, Row, Sort } from "../engine/Query.ts"
import { count, date, duration, time } from "../format.ts"
import { causeText, texts } from "../texts.ts"
import { problemOf } from "../state/app.ts"
import { Trouble } from "./parts.tsx"
import { VirtualRows } from "./VirtualRows.tsx"

const pageRows = 100
const rowHeight = 30

/** A column of a grid. */
export interface GridColumn {
  readonly name: string
  readonly label: string
  /** CSS, as in `grid-template-columns`. */
  readonly width: number
  readonly isNumeric?: boolean
  readonly sorts?: boolean
  readonly render: (row: Row, cell: (name: string) => Cell) => ComponentChildren
}

/** A table of a run, whose rows are asked for as they are seen. */
export const Grid = (props: {
  readonly run: Run
  readonly table: TableName
  readonly label: string
  readonly filter: Filter
  readonly sort: Sort | null
  readonly columns: (page: Page) => ReadonlyArray<GridColumn>
  readonly onSort: (sort: Sort | null) => void
  readonly onOpen?: (row: Row, cell: (name: string) => Cell) => void
  readonly onPage?: (page: Page) => void
}) => {
  const { filter, label, run, sort, table } = props
  const key = JSON.stringify([table, filter, sort])
  const pages = useRef({ key: "", run, asked: new Set<number>(), got: new Map<number, Page>() })
  const [shown, setShown] = useState<Page | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const [, redraw] = useState(0)

  const ask = useCallback(
    async (number: number) => {
      if (pages.current.key !== key || pages.current.run !== run) {
        pages.current = { key, run, asked: new Set(), got: new Map() }
      }
      const { asked, got } = pages.current
      if (asked.has(number)) return
      asked.add(number)
      const query = { filter, sort, from: number * pageRows, count: pageRows }
      const page = await run.page(table, query).catch((error: unknown) => setProblem(problemOf(error)))
      if (page === undefined || pages.current.key !== key || pages.current.run !== run) return
      got.set(number, page)
      if (number === 0) {
        setShown(page)
        props.onPage?.(page)
      }
      redraw((n) => n + 1)
    },
    [key, run]
  )
  useEffect(() => void ask(0), [ask])
  const onVisible = useCallback(
    (from: number, to: number) => {
      for (let page = Math.floor(from / pageRows); page * pageRows < to; page++) void ask(page)
    },
    [ask]
  )

  if (problem !== undefined) return <Trouble problem={problem} />
  if (shown === undefined) return <p class="note">{texts.loading}</p>
  if (shown.matching === 0) return <p class="nothing">{shown.total === 0 ? texts.noRows : texts.noRowsFiltered}</p>
  const columns = props.columns(shown)
  const places = new Map(shown.columns.map(({ name }, place) => [name, place]))
  const cellOf = (row: Row) => (name: string) => row.cells[places.get(name) ?? -1] ?? null
  const rowAt = (index: number) => pages.current.got.get(Math.floor(index / pageRows))?.rows[index % pageRows]
  const template = columns.map(({ width }) => `minmax(${width}px, ${width}fr)`).join(" ")
  const cells = (inner: (column: GridColumn) => ComponentChildren) => (
    <div class="cells" style={{ gridTemplateColumns: template }} role="presentation">
      {columns.map(inner)}
    </div>
  )
  return (
    <VirtualRows
      count={shown.matching}
      rowHeight={rowHeight}
      label={label}
      width={`max(100%, ${columns.reduce((sum, { width }) => sum + width, 0)}px)`}
      onVisible={onVisible}
      {...(props.onOpen && {
        onOpen: (index: number) => {
          const row = rowAt(index)
          if (row !== undefined) props.onOpen?.(row, cellOf(row))
        }
      })}
      head={cells((column) => (
        <Heading key={column.name} column={column} sort={sort} onSort={props.onSort} />
      ))}
      renderRow={(index) => {
        const row = rowAt(index)
        return cells(({ isNumeric, name, render }) => (
          <div key={name} class={isNumeric ? "cell numeric" : "cell"} role="gridcell">
            {row === undefined ? "" : render(row, cellOf(row))}
          </div>
        ))
      }}
    />
  )
}

const Heading = (props: {
  readonly column: GridColumn
  readonly sort: Sort | null
  readonly onSort: (sort: Sort | null) => void
}) => {
  const { isNumeric, label, name, sorts = true } = props.column
  const isSorted = props.sort?.column === name
  const direction = isSorted ? (props.sort?.descending ? "descending" : "ascending") : "none"
  const next = (): Sort | null => {
    if (!isSorted) return { column: name, descending: isNumeric === true }
    return props.sort?.descending === (isNumeric === true) ? { column: name, descending: isNumeric !== true } : null
  }
  return (
    <div class={isNumeric ? "cell numeric" : "cell"} role="columnheader" aria-sort={direction}>
      {sorts ? (
        <button type="button" class="sort" onClick={() => props.onSort(next())}>
          {label}
          <span aria-hidden="true">{direction === "none" ? "" : direction === "ascending" ? " ↑" : " ↓"}</span>
        </button>
      ) : (
        label
      )}
    </div>
  )
}

/** A column whose cells are shown by their kind. */
export const plainColumn = (name: string, kind: ColumnKind, label = name): GridColumn => ({
  name,
  label,
  width: kind === "time" ? 175 : kind === "number" ? 90 : 140,
  isNumeric: kind === "number",
  sorts: kind !== "list",
  render: (_row, cell) => cellText(name, kind, cell(name))
})

/** A cell as text. */
export const cellText = (name: string, kind: ColumnKind, cell: Cell): string => {
  if (cell === null) return ""
  if (name === "session_cause") return causeText(String(cell))
  if (name === "session_duration_sec") return duration(Number(cell))
  if (kind === "time") return time(Number(cell))
  if (kind === "date") return date(Number(cell))
  return kind === "number" ? count(Number(cell)) : String(cell)
}

import { useState } from "preact/hooks"
import type { Run } from "../engine/Engine.ts"
import type { Page, Row } from "../engine/Query.ts"
import { filter, route, setParams, sort } from "../state/route.ts"
import { causeText, texts } from "../texts.ts"
import { Downloads } from "./Downloads.tsx"
import { FilterBar } from "./FilterBar.tsx"
import { Grid, type GridColumn, plainColumn } from "./Grid.tsx"
import { Select, TextInput } from "./parts.tsx"
import { SessionPanel } from "./SessionPanel.tsx"
import { useAnswer } from "./useAnswer.ts"

/** All sessions, and the one that is open. */
export const SessionsTab = ({ run }: { readonly run: Run }) => {
  const [page, setPage] = useState<Page | undefined>(undefined)
  const opened = route.value.params.get("open")
  const { cause, maxSeconds, minEvents, minSeconds } = filter.value
  const overview = useAnswer(() => run.overview({ ...filter.value, cause: null }), [run])
  const number = (label: string, name: string, value: number | null) => (
    <TextInput
      label={label}
      value={value === null ? "" : String(value)}
      width={6}
      onChange={(text) => setParams({ [name]: text })}
    />
  )
  return (
    <>
      <FilterBar
        run={run}
        typeLabel={texts.filterType}
        count={page && texts.showing(page.matching, page.total, texts.sessions.toLowerCase())}
      >
        {number(texts.minSeconds, "min", minSeconds)}
        {number(texts.maxSeconds, "max", maxSeconds)}
        {number(texts.minEvents, "events", minEvents)}
        <Select
          label={texts.cause}
          value={cause ?? ""}
          options={[
            ["", texts.anyCause],
            ...(overview.value?.causes ?? []).map(({ cause }) => [cause, causeText(cause)] as const)
          ]}
          onChange={(cause) => setParams({ cause })}
        />
      </FilterBar>
      <Downloads run={run} table="sessions" />
      <div class={opened === null ? "" : "with-panel"}>
        <Grid
          run={run}
          table="sessions"
          label={texts.sessionsLabel}
          filter={filter.value}
          sort={sort.value}
          onSort={(sort) => setParams({ sort: sort && `${sort.descending ? "-" : ""}${sort.column}` })}
          onOpen={({ row }) => setParams({ open: String(row) })}
          onPage={setPage}
          columns={({ columns }) => sessionColumns(run, columns)}
        />
        {opened !== null && <SessionPanel run={run} row={Number(opened)} />}
      </div>
    </>
  )
}

const sessionColumns = (run: Run, columns: Page["columns"]): ReadonlyArray<GridColumn> => {
  const kindOf = (name: string) => columns.find((column) => column.name === name)?.kind ?? "text"
  const shown = (name: string, width: number, label?: string): GridColumn => ({
    ...plainColumn(name, kindOf(name), label ?? texts.columnNames[name] ?? name),
    width
  })
  return [
    shown(run.names.user, 120, run.names.user),
    shown("session_start", 170),
    shown("session_duration_sec", 90),
    shown("event_count", 76),
    {
      name: "timeline",
      label: texts.columnNames.timeline,
      width: 150,
      sorts: false,
      render: (row, cell) => <TimeLine row={row} isOpen={cell("is_open") === true} />
    },
    shown("session_cause", 120),
    ...(columns.some(({ name }) => name === "session_number") ? [shown("session_number", 60)] : [])
  ]
}

/** The events of a session between its start and its end; one that is open is hatched behind them. */
const TimeLine = ({ isOpen, row: { marks = [] } }: { readonly row: Row; readonly isOpen: boolean }) => (
  <svg class="time-line" width="100%" height="14" aria-hidden="true">
    <line x1="2%" x2="98%" y1="7" y2="7" />
    {isOpen && <rect class="open-end" fill="url(#hatch)" x="86%" width="14%" y="2" height="10" />}
    {marks.map((mark) => (
      <rect key={mark} class="event-mark" x={`${1 + mark * 96}%`} y="2" width="2" height="10" />
    ))}
  </svg>
)

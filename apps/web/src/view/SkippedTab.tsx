import { useState } from "preact/hooks"
import { Bars } from "../chart/Bars.tsx"
import type { Run } from "../engine/Engine.ts"
import type { ColumnKind, Page, Sort } from "../engine/Query.ts"
import { filter, setParams, sort } from "../state/route.ts"
import { texts } from "../texts.ts"
import { Downloads } from "./Downloads.tsx"
import { FilterBar } from "./FilterBar.tsx"
import { cellText, Grid, type GridColumn, plainColumn } from "./Grid.tsx"
import { Section } from "./parts.tsx"
import { Place } from "./Place.tsx"

/** Records that could not be taken, and removed duplicates. */
export const SkippedTab = ({ run }: { readonly run: Run }) => {
  const [page, setPage] = useState<Page | undefined>(undefined)
  const [duplicateSort, setDuplicateSort] = useState<Sort | null>(null)
  const { reason } = filter.value
  const { duplicates, rejected } = run.summary.accounting
  const [duplicatePage, setDuplicatePage] = useState<Page | undefined>(undefined)
  const shown = (page: Page | undefined, all: number, what: string) =>
    all > 0 && page ? [texts.showing(page.matching, page.total, what)] : []
  const timeless = page?.timeless ?? 0
  return (
    <>
      {rejected > 0 && (
        <Section title={texts.skippedReasons}>
          <Bars label={texts.skippedReasons} bars={reasonBars(run, reason)} />
        </Section>
      )}
      {rejected + duplicates > 0 && (
        <FilterBar
          run={run}
          typeLabel={texts.filterTypeOf}
          count={[
            ...shown(page, rejected, texts.skipped),
            ...(timeless > 0 ? [texts.timeless(timeless)] : []),
            ...shown(duplicatePage, duplicates, texts.duplicates)
          ].join("; ")}
        />
      )}
      {rejected === 0 ? (
        <p class="nothing">{texts.nothingSkipped}</p>
      ) : (
        <>
          <Downloads run={run} table="rejects" />
          <Grid
            run={run}
            table="rejects"
            label={texts.skippedLabel}
            filter={filter.value}
            sort={sort.value}
            onSort={(sort) => setParams({ sort: sort && `${sort.descending ? "-" : ""}${sort.column}` })}
            onPage={setPage}
            columns={(page) => rejectColumns(page)}
          />
        </>
      )}
      <Section title={texts.duplicatesTitle} note={duplicates === 0 ? texts.noDuplicates : texts.duplicatesHint}>
        {duplicates > 0 && (
          <>
            <Downloads run={run} table="duplicates" />
            <Grid
              run={run}
              table="duplicates"
              label={texts.duplicatesTitle}
              filter={filter.value}
              sort={duplicateSort}
              onSort={setDuplicateSort}
              onPage={setDuplicatePage}
              columns={(page) => duplicateColumns(page)}
            />
          </>
        )}
      </Section>
    </>
  )
}

const reasonBars = ({ summary }: Run, picked: string | null) => {
  const counts = new Map<string, number>()
  for (const { count, reason } of summary.rejected_by) counts.set(reason, (counts.get(reason) ?? 0) + count)
  return [...counts].map(([reason, count]) => ({
    label: reason,
    count,
    isPicked: picked === reason,
    onPick: () => setParams({ reason: picked === reason ? null : reason })
  }))
}

const rejectColumns = ({ columns }: Page): ReadonlyArray<GridColumn> => {
  const fields = columns.filter(({ name }) => !rejectNames.includes(name))
  return [
    {
      name: "event",
      label: texts.place,
      width: 170,
      render: (_row, cell) => (
        <Place
          source={String(cell("source"))}
          line={cell("line") === null ? null : Number(cell("line"))}
          record={Number(cell("event"))}
        />
      )
    },
    { ...plainColumn("reason", "text", texts.reason), width: 190 },
    { ...plainColumn("raw", "text", texts.raw), width: 380, sorts: false },
    ...fields.map(({ name }) => plainColumn(name, "text"))
  ]
}
const rejectNames = ["event", "source", "line", "offset", "code", "reason", "field", "raw"]

const duplicateColumns = ({ columns }: Page): ReadonlyArray<GridColumn> => {
  const place = (label: string, source: string, event: string): GridColumn => ({
    name: event,
    label,
    width: 130,
    sorts: false,
    render: (_row, cell) => <Place source={String(cell(source))} line={null} record={Number(cell(event))} />
  })
  const fields = columns.filter(({ name }) => !duplicateNames.includes(name))
  return [
    place(texts.place, "source", "event"),
    place(texts.repeats, "first_source", "first_event"),
    ...fields.map(({ kind, name }) => besideRepeated(plainColumn(name, kind), kind))
  ]
}

/** A column that shows both values where they differ: that of a duplicate, and that of the record that it repeats. */
const besideRepeated = (column: GridColumn, kind: ColumnKind): GridColumn => ({
  ...column,
  render: ({ repeated = [] }, cell) => {
    const own = cellText(column.name, kind, cell(column.name))
    const kept = repeated.find(([name]) => name === column.name)
    if (kept === undefined) return own
    return (
      <>
        {own} <span class="mark">{texts.otherwiseIs(cellText(column.name, kind, kept[1]))}</span>
      </>
    )
  }
})
const duplicateNames = ["source", "event", "first_source", "first_event", "conflicting"]

import { useState } from "preact/hooks"
import { seriesColour, TimelineChart } from "../chart/Timeline.tsx"
import type { Run } from "../engine/Engine.ts"
import type { Page } from "../engine/Query.ts"
import { count, duration } from "../format.ts"
import { filter, setParams, sort } from "../state/route.ts"
import { isDark } from "../state/theme.ts"
import { texts } from "../texts.ts"
import { Downloads } from "./Downloads.tsx"
import { FilterBar } from "./FilterBar.tsx"
import { Grid, type GridColumn, plainColumn } from "./Grid.tsx"
import { Section, Trouble } from "./parts.tsx"
import { Place } from "./Place.tsx"
import { useAnswer } from "./useAnswer.ts"

/** Events over time and one by one. A time chosen in the chart holds on every tab. */
export const EventsTab = ({ run }: { readonly run: Run }) => {
  const [page, setPage] = useState<Page | undefined>(undefined)
  const { from, to } = filter.value
  const timeline = useAnswer(() => run.timeline(filter.value), [run, filter.value])
  return (
    <>
      <FilterBar
        run={run}
        typeLabel={texts.filterTypeOf}
        count={page && texts.showing(page.matching, page.total, texts.allEvents)}
      />
      {timeline.problem && <Trouble problem={timeline.problem} />}
      {timeline.value && (
        <Section
          title={texts.timeline}
          note={`${texts.step(duration(timeline.value.stepMicros / 1e6))}. ${texts.timelineHint}`}
          aside={
            (from !== null || to !== null) && (
              <button type="button" class="quiet" onClick={() => setParams({ from: null, to: null })}>
                {texts.zoomOut}
              </button>
            )
          }
        >
          <ul class="legend">
            {timeline.value.types.map((type, i) => (
              <li key={type}>
                <span class="swatch" style={{ background: seriesColour(i) }} aria-hidden="true" />
                {type} <span class="dim">{count(timeline.value?.counts[i].reduce((sum, n) => sum + n, 0) ?? 0)}</span>
              </li>
            ))}
          </ul>
          {timeline.value.shown === 0 ? (
            <p class="nothing">{texts.noRowsFiltered}</p>
          ) : (
            <TimelineChart
              timeline={timeline.value}
              isDark={isDark()}
              onBrush={(from, to) => setParams({ from: String(from), to: String(to) })}
            />
          )}
        </Section>
      )}
      <Downloads run={run} table="events" />
      <Grid
        run={run}
        table="events"
        label={texts.eventsLabel}
        filter={filter.value}
        sort={sort.value}
        onSort={(sort) => setParams({ sort: sort && `${sort.descending ? "-" : ""}${sort.column}` })}
        onPage={setPage}
        columns={({ columns }) => eventColumns(columns)}
      />
    </>
  )
}

const eventColumns = (columns: Page["columns"]): ReadonlyArray<GridColumn> => [
  ...columns.filter(({ name }) => !hidden.includes(name)).map(({ kind, name }) => plainColumn(name, kind)),
  ...columns.filter(({ name }) => name === "$event").map(() => placeColumn)
]

const placeColumn: GridColumn = {
  name: "$event",
  label: texts.place,
  width: 130,
  sorts: false,
  render: (_row, cell) => <Place source={String(cell("$source"))} line={null} record={Number(cell("$event"))} />
}
const hidden = ["session_id", "$source", "$event"]

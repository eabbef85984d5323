import { useState } from "preact/hooks"
import type { Run } from "../engine/Engine.ts"
import type { Page } from "../engine/Query.ts"
import { filter, route, setParams, sort } from "../state/route.ts"
import { texts } from "../texts.ts"
import { Downloads } from "./Downloads.tsx"
import { FilterBar } from "./FilterBar.tsx"
import { Grid, plainColumn } from "./Grid.tsx"
import { Select } from "./parts.tsx"

/** The tables that a spec declares, one at a time. */
export const TablesTab = ({ run }: { readonly run: Run }) => {
  const [page, setPage] = useState<Page | undefined>(undefined)
  const asked = route.value.params.get("table")
  const table = run.declared.find((name) => name === asked) ?? run.declared[0]
  if (table === undefined) return <p class="nothing">{texts.noTables}</p>
  return (
    <>
      <FilterBar run={run} count={page && texts.showing(page.matching, page.total, texts.rows)}>
        <Select
          label={texts.table}
          value={table}
          options={run.declared.map((name) => [name, name] as const)}
          onChange={(table) => setParams({ table, sort: null })}
        />
      </FilterBar>
      <Downloads run={run} table={table} />
      <Grid
        key={table}
        run={run}
        table={table}
        label={table}
        filter={filter.value}
        sort={sort.value}
        onSort={(sort) => setParams({ sort: sort && `${sort.descending ? "-" : ""}${sort.column}` })}
        onPage={setPage}
        columns={({ columns }) => columns.map(({ kind, name }) => plainColumn(name, kind))}
      />
    </>
  )
}

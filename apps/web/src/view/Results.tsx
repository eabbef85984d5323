import type { Run } from "../engine/Engine.ts"
import { count, duration } from "../format.ts"
import { route } from "../state/route.ts"
import { texts } from "../texts.ts"
import { CompareTab } from "./CompareTab.tsx"
import { EventsTab } from "./EventsTab.tsx"
import { OriginalTab } from "./OriginalTab.tsx"
import { SessionsTab } from "./SessionsTab.tsx"
import { SkippedTab } from "./SkippedTab.tsx"
import { SummaryTab } from "./SummaryTab.tsx"
import { TablesTab } from "./TablesTab.tsx"

/** What a run gave: its numbers, and the tab of the address. */
export const Results = ({ run }: { readonly run: Run }) => {
  const { tab } = route.value
  return (
    <main id="content" class={`results of-${tab}`}>
      <h1 class="visually-hidden">{texts.tabs[tab]}</h1>
      {tab === "summary" && <Warnings run={run} />}
      <Tiles run={run} />
      {tab === "summary" && <SummaryTab run={run} />}
      {tab === "sessions" && <SessionsTab run={run} />}
      {tab === "events" && <EventsTab run={run} />}
      {tab === "tables" && <TablesTab run={run} />}
      {tab === "skipped" && <SkippedTab run={run} />}
      {tab === "original" && <OriginalTab run={run} />}
      {tab === "compare" && <CompareTab run={run} />}
    </main>
  )
}

/** What a person should know before they believe the numbers. */
const Warnings = ({ run: { summary } }: { readonly run: Run }) => {
  const found = summary.findings.filter(({ outcome }) => outcome !== "passed")
  if (summary.warnings.length + found.length === 0) return null
  return (
    <ul class="warnings" aria-label={texts.warnings}>
      {found.map(({ check, input, message, outcome }) => (
        <li key={`${check} ${input} ${message}`} class={outcome}>
          {texts.finding(check, message)}
        </li>
      ))}
      {summary.warnings.map((warning) => (
        <li key={warning}>{warning}</li>
      ))}
    </ul>
  )
}

const Tiles = ({ run: { summary } }: { readonly run: Run }) => {
  const { accounting, sessions, users } = summary
  const median = sessions?.median_duration_sec ?? null
  const tiles: ReadonlyArray<readonly [name: keyof typeof texts.tiles, value: string]> = [
    ["read", count(accounting.read)],
    ["accepted", count(accounting.accepted)],
    ["rejected", count(accounting.rejected)],
    ["duplicates", count(accounting.duplicates)],
    ["users", count(users)],
    ["sessions", count(sessions?.count ?? 0)],
    ["median", median === null ? texts.none : duration(median)]
  ]
  return (
    <dl class="tiles">
      {tiles.map(([name, value]) => (
        <div key={name} class={name === "rejected" && accounting.rejected > 0 ? "tile bad" : "tile"}>
          <dt>{texts.tiles[name]}</dt>
          <dd data-tile={name}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

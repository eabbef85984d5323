import { type Bar, type Overview, type Run } from "../engine/Engine.ts"
import { Bars } from "../chart/Bars.tsx"
import { DayChart } from "../chart/DayChart.tsx"
import { count, date, duration } from "../format.ts"
import { filter, isFiltered, tabAddress } from "../state/route.ts"
import { causeText, texts } from "../texts.ts"
import { balanceText } from "./balanceText.ts"
import { FilterBar } from "./FilterBar.tsx"
import { Section, Trouble } from "./parts.tsx"
import { useAnswer } from "./useAnswer.ts"

/** The numbers of a run, and what its sessions are like. */
export const SummaryTab = ({ run }: { readonly run: Run }) => {
  const { summary } = run
  const overview = useAnswer(() => run.overview(filter.value), [run, filter.value])
  const notes = [...new Set(summary.inputs.flatMap(({ notes }) => notes))]
  return (
    <>
      <p class="balance" aria-label={texts.balance}>
        {balanceText(summary.accounting)}
      </p>
      {notes.length > 0 && (
        <p class="note">
          {texts.notes}: {notes.join("; ")}
        </p>
      )}
      <FilterBar
        run={run}
        typeLabel={texts.filterType}
        count={
          overview.value &&
          texts.showing(overview.value.sessions, summary.sessions?.count ?? 0, texts.sessions.toLowerCase())
        }
      />
      {isFiltered.value && <p class="note">{texts.ofFilter}</p>}
      {overview.problem && <Trouble problem={overview.problem} />}
      {overview.value && <Charts overview={overview.value} zone={run.timezone} />}
    </>
  )
}

const Charts = ({ overview, zone }: { readonly overview: Overview; readonly zone: string }) => {
  const { causes, days, durations, sessions, single, sizes, topUsers } = overview
  if (sessions === 0) return <p class="nothing">{isFiltered.value ? texts.noRowsFiltered : texts.noRows}</p>
  return (
    <div class="charts">
      <Section title={texts.sessionsADay} note={zone}>
        <DayChart days={days} />
      </Section>
      <Section title={texts.causes}>
        <Bars label={texts.causes} bars={causes.map(({ cause, count }) => ({ label: causeText(cause), count }))} />
      </Section>
      <Section title={texts.durations}>
        <Bars label={texts.durations} bars={labelled(durations, duration)} />
      </Section>
      <Section title={texts.sizes} note={texts.single(single, sessions)}>
        <Bars label={texts.sizes} bars={labelled(sizes, count)} />
      </Section>
      <Section title={texts.byUser} note={texts.byUserHint}>
        <Rollup
          label={texts.byUser}
          heads={[texts.filterUser, texts.sessions, texts.events, texts.totalTime]}
          rows={topUsers.map(({ events, seconds, sessions, user }) => [
            <a key={user} href={tabAddress("sessions", { user })}>
              {user}
            </a>,
            count(sessions),
            count(events),
            duration(seconds)
          ])}
        />
      </Section>
      <Section title={texts.byDay} note={zone}>
        <Rollup
          label={texts.byDay}
          heads={[texts.day, texts.sessions, texts.users, texts.events, texts.totalTime]}
          rows={days.map(({ day, events, seconds, sessions, users }) => [
            date(day),
            count(sessions),
            count(users),
            count(events),
            duration(seconds)
          ])}
        />
      </Section>
    </div>
  )
}

const Rollup = (props: {
  readonly label: string
  readonly heads: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string | preact.JSX.Element>>
}) => (
  <div class="scroll short" tabIndex={0} role="region" aria-label={props.label}>
    <table class="plain">
      <thead>
        <tr>
          {props.heads.map((head, i) => (
            <th key={head} scope="col" class={i === 0 ? "" : "numeric"}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, i) =>
              i === 0 ? (
                <th key={i} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={i} class="numeric">
                  {cell}
                </td>
              )
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/** Bars with their bounds; those at either end that hold nothing are left out. */
const labelled = (bars: ReadonlyArray<Bar>, text: (value: number) => string) => {
  const filled = (bar: Bar) => bar.count > 0
  const [first, last] = [bars.findIndex(filled), bars.findLastIndex(filled)]
  return bars.slice(first, last + 1).map(({ count, upTo }, i) => {
    const below = bars[first + i - 1]?.upTo ?? null
    const isOne = upTo !== null && (upTo === 0 || upTo === 1) && text(upTo) === String(upTo)
    if (upTo === 0 || isOne) return { label: text(upTo ?? 0), count }
    return { label: upTo === null ? texts.over(text(below ?? 0)) : texts.upTo(text(upTo)), count }
  })
}

import type { Summary } from "@sojourn/core"
import { useEffect, useState } from "preact/hooks"
import type { Comparison, Problem, Run } from "../engine/Engine.ts"
import type { Settings } from "../engine/Settings.ts"
import { count, duration, time } from "../format.ts"
import { job, problemOf, runOther } from "../state/app.ts"
import { changeOther, otherSettings } from "../state/otherSettings.ts"
import { filter } from "../state/route.ts"
import { causeText, cutText, texts } from "../texts.ts"
import { GapFields, RuleFields } from "./CutFields.tsx"
import { FilterBar } from "./FilterBar.tsx"
import { Section, Trouble } from "./parts.tsx"
import { RecipeParams } from "./RecipeParams.tsx"
import { useAnswer } from "./useAnswer.ts"

/** The same data under other settings: what is counted, and the sessions that differ. */
export const CompareTab = ({ run }: { readonly run: Run }) => {
  const settings = job.value?.settings
  const changes = otherSettings.value
  const [other, setOther] = useState<Run | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const key = JSON.stringify(changes)
  useEffect(() => {
    if (changes === null) return
    setOther(undefined)
    setProblem(undefined)
    const controller = new AbortController()
    const running = runOther(changes, controller.signal)
    running.then(setOther, (error: unknown) => !controller.signal.aborted && setProblem(problemOf(error)))
    return () => {
      controller.abort()
      running.then(
        (made) => made.release(),
        () => {}
      )
    }
  }, [run, key])
  if (settings === undefined) return null
  const there: Settings = { ...settings, ...changes }
  return (
    <>
      <p class="note">{texts.compareText}</p>
      <section class="filters compare-with" aria-label={texts.compareWith}>
        {there.recipe === null ? (
          <>
            <GapFields cut={there} onChange={changeOther} />
            <RuleFields cut={there} onChange={changeOther} />
          </>
        ) : run.params.length === 0 ? (
          <p>{texts.noParams}</p>
        ) : (
          <RecipeParams recipe={there.recipe} params={run.params} onChange={(recipe) => changeOther({ recipe })} />
        )}
      </section>
      {problem && <Trouble problem={problem} />}
      {changes !== null && other === undefined && problem === undefined && <p class="note">{texts.comparing}</p>}
      {other && <Answer run={run} other={other} titles={[titleOf(settings, run), titleOf(there, run)]} />}
    </>
  )
}

/** What tells one of the settings from the other. */
const titleOf = (settings: Settings, { params }: Run): string => {
  const { recipe } = settings
  if (recipe === null) return cutText(settings)
  return params.map(({ name, value }) => `${name} ${recipe.params[name] || value}`).join("; ")
}

const Answer = (props: { readonly run: Run; readonly other: Run; readonly titles: ComparedProps["titles"] }) => {
  const { other, run, titles } = props
  const { problem, value } = useAnswer(() => run.compare(other, filter.value), [run, other, filter.value])
  if (problem) return <Trouble problem={problem} />
  return value === undefined ? null : <Compared run={run} comparison={value} other={other.summary} titles={titles} />
}

interface ComparedProps {
  readonly run: Run
  readonly comparison: Comparison
  readonly other: Summary
  /** How each of them cuts. */
  readonly titles: readonly [here: string, there: string]
}

const Compared = ({ comparison, other, run, titles }: ComparedProps) => {
  const { different, onlyHere, onlyThere, rows, same, shown } = comparison
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={texts.tabs.compare}>
        <table class="plain compare">
          <thead>
            <tr>
              <td />
              {titles.map((title, i) => (
                <th key={i} scope="col" class="numeric">
                  {sides[i]}
                  <span class="cut">{title}</span>
                </th>
              ))}
              <th scope="col" class="numeric">
                {texts.difference}
              </th>
            </tr>
          </thead>
          <tbody>
            {measures.map(([name, measure, text]) => {
              const [a, b] = [measure(run.summary), measure(other)]
              return (
                <tr key={name}>
                  <th scope="row">{texts.tiles[name]}</th>
                  <td class="numeric">{text(a)}</td>
                  <td class="numeric">{text(b)}</td>
                  <td class="numeric">{a === b ? "" : `${b > a ? "+" : "−"}${text(Math.abs(b - a))}`}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <Section title={texts.differ(onlyHere, onlyThere)} note={texts.sameSessions(same)}>
        {different > 0 && (
          <FilterBar run={run} typeLabel={texts.filterType} count={texts.showing(shown, different, texts.different)} />
        )}
        {shown === 0 ? (
          <p class="nothing">{different === 0 ? texts.noDifference : texts.noRowsFiltered}</p>
        ) : (
          <div class="scroll tall" tabIndex={0} role="region" aria-label={texts.difference}>
            <table class="plain">
              <thead>
                <tr>
                  {[
                    texts.onlyWith,
                    texts.filterUser,
                    texts.began,
                    texts.ended,
                    texts.duration,
                    texts.events,
                    texts.cause
                  ].map((head, i) => (
                    <th key={i} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ cause, end, events, side, start, user }, i) => (
                  <tr key={i} class={side}>
                    <td>{sides[side === "here" ? 0 : 1]}</td>
                    <td>{user}</td>
                    <td>{time(start)}</td>
                    <td>{time(end)}</td>
                    <td>{duration((end - start) / 1e6)}</td>
                    <td>{count(events)}</td>
                    <td>{causeText(cause)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {rows.length < shown && <p class="note">{texts.firstOf(rows.length, shown)}</p>}
      </Section>
    </>
  )
}

const sides = [texts.here, texts.there] as const

const measures: ReadonlyArray<
  readonly [name: keyof typeof texts.tiles, measure: (summary: Summary) => number, text: (value: number) => string]
> = [
  ["accepted", ({ accounting }) => accounting.accepted, count],
  ["rejected", ({ accounting }) => accounting.rejected, count],
  ["duplicates", ({ accounting }) => accounting.duplicates, count],
  ["users", ({ users }) => users, count],
  ["sessions", ({ sessions }) => sessions?.count ?? 0, count],
  ["median", ({ sessions }) => sessions?.median_duration_sec ?? 0, duration]
]

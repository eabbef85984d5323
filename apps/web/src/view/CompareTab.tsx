import type { Summary } from "@sojourn/core"
import { useEffect, useState } from "preact/hooks"
import type { Comparison, Problem, Run } from "../engine/Engine.ts"
import { count, duration, secondsOf, time } from "../format.ts"
import { job, problemOf } from "../state/app.ts"
import { engineOf, where } from "../state/engines.ts"
import { route, setParams } from "../state/route.ts"
import { causeText, texts } from "../texts.ts"
import { Section, Select, TextInput, Trouble } from "./parts.tsx"

/** The same data under other settings: what is counted, and the sessions that differ. */
export const CompareTab = ({ run }: { readonly run: Run }) => {
  const settings = job.value?.settings
  const { params } = route.value
  const gap = params.get("gap2")
  const boundary = params.get("boundary2") === "split" ? "split" : "merge"
  const [comparison, setComparison] = useState<Comparison | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  useEffect(() => {
    const { value } = job
    if (gap === null || value === null) return
    setComparison(undefined)
    setProblem(undefined)
    const controller = new AbortController()
    const compare = async () => {
      const other = await engineOf(where.value).run(
        value.files,
        { ...value.settings, gap, boundary },
        { asOfMicros: value.asOfMicros, onProgress: () => {}, signal: controller.signal }
      )
      setComparison(await run.compare(other))
      other.release()
    }
    compare().catch((error: unknown) => !controller.signal.aborted && setProblem(problemOf(error)))
    return () => controller.abort()
  }, [run, gap, boundary])
  if (settings === undefined) return null
  if (job.value?.files.length === 0) return <p class="nothing">{texts.noFiles}</p>
  return (
    <>
      <p class="note">{texts.compareText}</p>
      <form class="filters" aria-label={texts.compareWith} onSubmit={(event) => event.preventDefault()}>
        <TextInput
          label={`${texts.compareWith}: ${texts.gap.toLowerCase()}`}
          value={gap ?? ""}
          placeholder={secondsOf(settings.gap) === 600 ? "1h" : "10m"}
          width={8}
          onChange={(gap2) => setParams({ gap2 })}
        />
        <Select
          label={texts.boundary}
          value={boundary}
          options={Object.entries(texts.boundaries)}
          onChange={(boundary2) => setParams({ boundary2, gap2: gap ?? settings.gap })}
        />
      </form>
      {problem && <Trouble problem={problem} />}
      {gap !== null && comparison === undefined && problem === undefined && <p class="note">{texts.comparing}</p>}
      {comparison && (
        <Compared
          comparison={comparison}
          here={run.summary}
          titles={[`${texts.gap} ${settings.gap}`, `${texts.gap} ${gap ?? ""}`]}
        />
      )}
    </>
  )
}

interface ComparedProps {
  readonly comparison: Comparison
  readonly here: Summary
  readonly titles: readonly [here: string, there: string]
}

const Compared = ({ comparison, here, titles }: ComparedProps) => {
  const { different, onlyHere, onlyThere, other, rows, same } = comparison
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={texts.tabs.compare}>
        <table class="plain compare">
          <thead>
            <tr>
              <td />
              {titles.map((title, i) => (
                <th key={i} scope="col" class="numeric">
                  {title}
                </th>
              ))}
              <th scope="col" class="numeric">
                {texts.difference}
              </th>
            </tr>
          </thead>
          <tbody>
            {measures.map(([name, measure, text]) => {
              const [a, b] = [measure(here), measure(other)]
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
        {different === 0 ? (
          <p class="nothing">{texts.noDifference}</p>
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
                    <td>{titles[side === "here" ? 0 : 1]}</td>
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
        {rows.length < different && <p class="note">{texts.firstOf(rows.length, different)}</p>}
      </Section>
    </>
  )
}

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

import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ChartBlock, TableBlock } from "../spec/Report.ts"
import type { Spec } from "../spec/Spec.ts"
import { type Path, SpecDocument } from "../spec/SpecDocument.ts"
import { SpecError, type SpecProblem } from "../spec/SpecError.ts"
import { oneOf, specProblems } from "../spec/SpecIssues.ts"
import { didYouMean } from "../text/Nearest.ts"
import type { Plan } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { type Report, reportForm } from "./Report.ts"
import { templateParts, templateSpans, type TemplatePart } from "./reportTemplate.ts"
import { builtInTables, type TableColumns, tableColumns } from "./Tables.ts"

/** The columns of `run`, which reports have besides the tables of the plan: one row about the run. */
export const runTableColumns: TableColumns = [
  { name: "name", type: "text" },
  { name: "as_of", type: "timestamp" },
  ...[
    "read",
    "accepted",
    "rejected",
    "filtered",
    "unique",
    "duplicates",
    "in_sessions",
    "outside",
    "users",
    "sessions"
  ].map((name) => ({ name, type: "int64" as const }))
]

type Found = (problem: Pick<SpecProblem, "line" | "column" | "message" | "hint">) => void

/** The reports of a spec; `plan` has all tables and checks. */
export const planReports = (planning: Planning, plan: Plan): Plan["reports"] => {
  const targets = new Map<string, string>()
  return Object.entries(planning.spec.reports).map(([name, report]): Report => {
    const path = ["reports", name]
    const uris = typeof report.uri === "string" ? [report.uri] : report.uri
    for (const [i, uri] of uris.entries()) {
      const place = [...path, "uri", ...(typeof report.uri === "string" ? [] : [i])]
      if (reportForm(uri) === undefined) {
        planning.problem(place, `a report is a page (.html) or Markdown (.md), found "${uri}"`)
      }
      const other = targets.get(uri)
      if (other !== undefined) planning.problem(place, `${uri} gets the report ${other} already`)
      targets.set(uri, name)
    }
    const title = report.title ?? planning.spec.name
    return { name, title, uris, parts: planTemplate(planning, plan, report, [...path, "template"]) }
  })
}

const planTemplate = (
  planning: Planning,
  plan: Plan,
  { template }: Spec["reports"][string],
  path: Path
): Report["parts"] => {
  const text = typeof template === "string" ? template : planning.file(template.file)
  if (text === undefined) {
    const { file } = template as { readonly file: string }
    planning.problem([...path, "file"], `no such file: ${file}`, { hint: "its path is from the folder of the spec" })
    return []
  }
  const found: Found = ({ column, hint, line, message }) => {
    if (typeof template === "string") planning.problemInText(path, { line, column }, message, hint)
    else
      planning.problem(
        [...path, "file"],
        `${template.file}:${line}:${column}: ${message}`,
        hint === undefined ? {} : { hint }
      )
  }
  const { parts, problems } = templateParts(text)
  for (const { line, message } of problems) found({ line: line + 1, column: 1, message })
  return parts.flatMap((part) => (part.part === "text" ? [planText(plan, part, found)] : planBlock(plan, part, found)))
}

const planText = (plan: Plan, { line, text }: TemplatePart, found: Found): Report["parts"][number] => ({
  part: "text",
  spans: templateSpans(text).map((span) => {
    if (typeof span === "string") return span
    const split = splitValue(plan, span.value)
    const problem =
      split === undefined
        ? "expected a table and its column, as in {{ run.read }}"
        : columnProblem(plan, split.table, split.column)
    if (problem !== undefined) {
      found({ line: line + span.line + 1, column: 1, message: `{{ ${span.value} }}: ${problem}` })
    }
    return split ?? ""
  })
})

/** A table and its column, if there is a dot: both may have dots, so that the longest name of a table counts. */
const splitValue = (plan: Plan, value: string): { readonly table: string; readonly column: string } | undefined => {
  const words = value.split(".")
  const splits = words.slice(1).map((_, i) => {
    const names = [words.slice(0, i + 1), words.slice(i + 1)].map((some) => some.join(".").trim())
    return { table: names[0], column: names[1] }
  })
  return splits.findLast(({ table }) => columnsOf(plan, table) !== undefined) ?? splits.at(0)
}

/** What is inside a block is YAML. */
const planBlock = (plan: Plan, { line, part, text }: TemplatePart, found: Found): Report["parts"] => {
  const told = (problems: ReadonlyArray<SpecProblem>): Report["parts"] => {
    for (const problem of problems) found({ ...problem, line: line + problem.line })
    return []
  }
  const document = attempt(() => SpecDocument.parse("", text))
  if (document instanceof SpecError) return told(document.problems)
  const options = { errors: "all", onExcessProperty: "error", reportInput: true } as const
  if (part === "table") {
    const decoded = Schema.decodeUnknownResult(TableBlock, options)(document.value)
    if (Result.isFailure(decoded)) return told(specProblems(document, decoded.failure.issue))
    const { from, rows, title = null } = decoded.success
    const all = columnsOf(plan, from)
    const columns = decoded.success.columns ?? all?.map(({ name }) => name) ?? []
    const problems =
      all === undefined
        ? [document.problem(["from"], tableProblem(plan, from))]
        : columns.flatMap((name, i) => {
            const problem = columnProblem(plan, from, name)
            return problem === undefined ? [] : [document.problem(["columns", i], problem)]
          })
    return problems.length > 0 ? told(problems) : [{ part: "table", title, from, columns, rows }]
  }
  const decoded = Schema.decodeUnknownResult(ChartBlock, options)(document.value)
  if (Result.isFailure(decoded)) return told(specProblems(document, decoded.failure.issue))
  const { from, kind, title = null, x } = decoded.success
  const given = decoded.success.y
  const y = given === undefined ? [] : typeof given === "string" ? [given] : given
  const problems = chartProblems(plan, document, decoded.success, y)
  return problems.length > 0 ? told(problems) : [{ part: "chart", title, from, kind, x, y }]
}

const attempt = <A>(run: () => A): A | SpecError => {
  try {
    return run()
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
}

const numbers: ReadonlyArray<string> = ["int64", "double", "interval"]

const chartProblems = (
  plan: Plan,
  document: SpecDocument,
  { from, kind, x, y: given }: typeof ChartBlock.Type,
  y: ReadonlyArray<string>
): ReadonlyArray<SpecProblem> => {
  const columns = columnsOf(plan, from)
  if (columns === undefined) return [document.problem(["from"], tableProblem(plan, from))]
  const typeOf = (name: string) => columns.find((column) => column.name === name)?.type ?? ""
  const problems: Array<SpecProblem> = []
  const named = (name: string, path: Path, isNumber: boolean) => {
    const type = typeOf(name)
    const problem = columnProblem(plan, from, name)
    if (problem !== undefined) problems.push(document.problem(path, problem))
    else if (isNumber && !numbers.includes(type)) {
      problems.push(document.problem(path, `"${name}" is ${type}, and a ${kind} needs numbers here`))
    } else if (type === "list") problems.push(document.problem(path, `"${name}" is a list`))
  }
  named(x, ["x"], kind === "histogram")
  for (const [i, name] of y.entries()) named(name, typeof given === "string" ? ["y"] : ["y", i], true)
  if (kind === "histogram" && y.length > 0) {
    problems.push(document.problem(["y"], "a histogram counts the values of x, and has no y", { key: true }))
  }
  if (kind !== "histogram" && y.length === 0) problems.push(document.problem([], `a ${kind} needs y`))
  if (kind === "funnel" && y.length > 1) problems.push(document.problem(["y"], "a funnel has one y"))
  return problems
}

/** The columns of what a report can show; the rows of events, rejects and duplicates are too many for one. */
const columnsOf = (plan: Plan, table: string): TableColumns | undefined => {
  if (table === "run") return runTableColumns
  return ["events", "rejects", "duplicates", "history"].includes(table) ? undefined : tableColumns(plan, table)
}

const tableProblem = (plan: Plan, table: string): string => {
  const names = new Set<string>(["run", ...builtInTables, ...plan.tables.map(({ name }) => name)])
  const known = [...names].filter((name) => columnsOf(plan, name) !== undefined)
  return `no table "${table}"${didYouMean(table, known)}; expected ${oneOf(known)}`
}

const columnProblem = (plan: Plan, table: string, column: string): string | undefined => {
  const columns = columnsOf(plan, table)
  if (columns === undefined) return tableProblem(plan, table)
  const names = columns.map(({ name }) => name)
  if (names.includes(column)) return undefined
  return `no column "${column}" in ${table}${didYouMean(column, names)}; expected ${oneOf(names)}`
}

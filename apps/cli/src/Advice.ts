import { columnsOf, type Plan, type Summary } from "@sojourn/core"

/** What is at fault where records are rejected, and what a person can change about it. */
export type Advice = Readonly<Record<"user" | "time" | "column" | "json" | "csv" | "other", string>>

/** For a run without a spec. */
export const flagAdvice: Advice = {
  user: "try another column: --user COLUMN",
  time: "try --time-format FORMAT, or another column: --time COLUMN",
  column: "try another --columns or --dedupe",
  json: "if this is CSV: --format csv; else try --layout lines, values or array",
  csv: "try --delimiter or --header; if this is JSON: --format json",
  other: "see them: --rejects rejects.csv"
}

/** For a spec: the places in it. */
export const specAdvice: Advice = {
  user: "see event.user in the spec",
  time: "see event.time and event.time_format in the spec",
  column: "see event in the spec",
  json: "see source.format in the spec: it may be CSV",
  csv: "see source.format in the spec: it may be JSON, or have another delimiter or header",
  other: "write them out: outputs.rejects in the spec"
}

type RejectedBy = Summary["rejected_by"][number]

/** What to try, given the commonest reason. */
export const adviceFor = (plan: Plan, top: RejectedBy | undefined, advice: Advice): string => {
  const rejects = plan.write.find(({ table }) => table === "rejects")
  const all = rejects === undefined ? advice.other : `all of them are in ${rejects.uri}`
  const cause = top === undefined ? "other" : causeOf(plan, top)
  return cause === "other" ? all : `${advice[cause]}; ${all}`
}

const causeOf = ({ validate }: Plan, { code, field }: RejectedBy): keyof Advice => {
  if (code.startsWith("json.")) return "json"
  if (code.startsWith("csv.")) return "csv"
  if (field === null) return "other"
  const { time, user } = validate
  if (field === time.name || columnsOf(time.value).includes(field)) return "time"
  return field === user.name || user.values.some((tree) => columnsOf(tree).includes(field)) ? "user" : "column"
}

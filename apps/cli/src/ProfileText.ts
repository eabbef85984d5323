import { type StageTimes, stages } from "@sojourn/core"

const meanings = {
  read: "reading files",
  decode: "bytes to columns",
  validate: "checking and keeping events",
  sort: "sorting them by user and time",
  compute: "duplicates, sessions, tables",
  encode: "columns to bytes",
  write: "writing outputs",
  commit: "making them durable and putting them in place"
} as const

/** What the time was spent on, a stage a line: seconds of all threads together, which work side by side. */
export const profileText = (times: StageTimes, seconds: number, threads: number): string => {
  const spent = stages.filter((stage) => (times[stage] ?? 0) >= 0.5)
  const total = spent.reduce((sum, stage) => sum + (times[stage] ?? 0), 0)
  const lines = spent.map((stage) => {
    const share = `${(((times[stage] ?? 0) / total) * 100).toFixed(0)} %`
    return `${stage.padEnd(10)}${((times[stage] ?? 0) / 1000).toFixed(2).padStart(8)} s${share.padStart(7)}  ${meanings[stage]}`
  })
  const of = `${threads} ${threads === 1 ? "thread" : "threads"} at most, ${seconds.toFixed(2)} s in all`
  return [`time of all threads (${of})`, ...lines].join("\n")
}

// Stands in for the CLI: ends well only for the command line and the spec that the benchmark should use. STAND_IN says
// what else it does: `differ` counts one event more for one thread or all columns, `threads` knows a flag --threads,
// `hang` says that it started and, if nobody ends it, that nobody did.
import { deepStrictEqual } from "node:assert"
import { readFileSync, writeFileSync } from "node:fs"

const [command, path, ...flags] = process.argv.slice(2)
const mode = process.env["STAND_IN"]
if (command === "--version") {
  console.log("stand-in 1.0")
} else if (path === "--help") {
  console.log(mode === "threads" ? "  --threads N" : "  --summary S")
} else if (mode === "hang") {
  console.error("started")
  setTimeout(() => console.error("left alone"), 10_000)
} else {
  const { outputs, source, ...spec } = JSON.parse(readFileSync(path, "utf8"))
  const { columns, uri } = outputs.sessions
  deepStrictEqual([command, ...flags.slice(0, 2)], ["run", "--summary", "none"])
  if (mode === "threads") deepStrictEqual(flags[2], "--threads")
  deepStrictEqual(spec, {
    version: 1,
    name: "bench",
    event: { user: "user_id", time: "event_time", type: "event_type" },
    dedupe: ["user", "time", "type"],
    sessions: { gap: "30m" }
  })
  const events = readFileSync(source.uri, "utf8").trimEnd().split("\n").length
  if (columns === undefined) {
    const more = mode === "differ" ? 1 : 0
    writeFileSync(
      uri,
      `session_id,user_id,event_count,session_start,session_end\n` +
        `a,u1,${events - 1 + more},2024-01-01T00:00:00Z,2024-01-01T00:00:00.5Z\n` +
        `b,u2,1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n`
    )
  } else {
    writeFileSync(
      uri,
      `${columns}\nu1,2024-01-01 00:00:00,2024-01-01 00:00:00.500000,${events - 1}\n` +
        `u2,2024-01-01 00:00:00,2024-01-01 00:00:00,1\n`
    )
  }
  console.log("not to be seen")
}

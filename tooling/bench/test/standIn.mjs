// Stands in for the CLI: ends well only for the command line that the benchmark should use.
import { deepStrictEqual } from "node:assert"
import { readFileSync, writeFileSync } from "node:fs"

const [command, input, ...flags] = process.argv.slice(2)
if (command === "--version") {
  console.log("stand-in 1.0")
} else {
  const out = flags[flags.indexOf("--out") + 1]
  const columns = ["--user", "user_id", "--time", "event_time", "--type", "event_type", "--dedupe", "user,time,type"]
  deepStrictEqual([command, ...flags], ["sessions", ...columns, "--gap", "30m", "--summary", "none", "--out", out])
  writeFileSync(out, readFileSync(input))
  console.log("not to be seen")
}

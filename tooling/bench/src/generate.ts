import { readCount, readFlags } from "./flags.ts"
import { generateFile } from "./generateFile.ts"

const flags = readFlags({
  rows: { type: "string" },
  format: { type: "string" },
  out: { type: "string" },
  seed: { type: "string", default: "1" },
  "events-per-session": { type: "string", default: "2" },
  clean: { type: "boolean", default: false }
})
const { format, out } = flags
if (out === undefined || (format !== "jsonl" && format !== "csv")) {
  console.error(
    "usage: generate.ts --rows N --format jsonl|csv --out FILE [--seed N] [--events-per-session N] [--clean]"
  )
  process.exit(1)
}

const { rows, bytes, bad, duplicates, users } = generateFile(out, {
  rows: readCount("--rows", flags.rows),
  format,
  seed: readCount("--seed", flags.seed),
  eventsPerSession: readCount("--events-per-session", flags["events-per-session"]),
  clean: flags.clean
})
console.error(`${out}: ${rows} rows, ${bytes} bytes, ${bad} bad, ${duplicates} duplicates, ${users} users`)

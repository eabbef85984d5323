// Each recipe on its generated sample, in turns with the command that only cuts the same bytes into sessions.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { readCount, readFlags, readWords } from "./flags.ts"
import { measure } from "./measure.ts"
import { commandOf } from "./sojourn.ts"
import { median } from "./statistics.ts"
import { formatTable } from "./Table.ts"
import { temporaryDirectory } from "./temporaryDirectory.ts"

/** How a recipe is run in the directory of its sample, and what tells `sessions` which bytes and columns are meant. */
const runs = [
  {
    recipe: "event-sessions",
    sessions: "events.jsonl --user user_id --time event_time --type event_type",
    run: "--input events.jsonl --skips-out skipped.csv"
  },
  {
    recipe: "user-outcomes",
    sessions: "outcomes-1.json outcomes-2.json --user user --time timestamp --type event",
    run: "--input outcomes-1.json outcomes-2.json --by-hour --json users.json --csv users.csv"
  },
  { recipe: "learning-sessions", sessions: "data/raw/events --user student_id --time timestamp", run: "" },
  {
    recipe: "video-engagement",
    sessions: "events.jsonl --user user_id --time timestamp --type event_name",
    run: "--db engagement.duckdb"
  },
  {
    recipe: "video-engagement",
    sessions: "events.jsonl --user user_id --time timestamp --type event_name",
    run: "--out lake"
  },
  {
    recipe: "clickstream",
    sessions: "data/raw --user client_id --time timestamp --type event_name",
    run: ""
  }
] as const
const recipes = [...new Set(runs.map(({ recipe }) => recipe))]

const flags = readFlags({
  rows: { type: "string", default: "1000000" },
  runs: { type: "string", default: "5" },
  recipes: { type: "string", default: recipes.join(",") },
  build: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false },
  command: { type: "string" }
})
const rows = readCount("--rows", flags.rows)
const rounds = readCount("--runs", flags.runs)
const chosen = readWords("--recipes", flags.recipes, recipes)
const command = commandOf(flags)

const directory = temporaryDirectory("recipes")

const sojourn = (text: string) => [process.execPath, command, ...text.split(" ").filter((word) => word !== "")] as const

for (const recipe of chosen) {
  const [node, ...words] = sojourn(`sample ${recipe} --rows ${rows} --out ${join(directory, recipe)}`)
  const { status, stderr } = spawnSync(node, words, { encoding: "utf8" })
  if (status !== 0) throw new Error(`no sample of ${recipe}: ${stderr}`)
}

const table = [["recipe", "flags", "sessions s", "recipe s", "times", "times, CPU"]]
for (const { recipe, run, sessions } of runs.filter((one) => chosen.includes(one.recipe))) {
  const around = { cwd: join(directory, recipe), env: { ...process.env, STUDENT_KEY: "benchmark" } }
  const measured = { sessions: [] as Array<[number, number]>, recipe: [] as Array<[number, number]> }
  for (let round = 0; round < rounds; round++) {
    const one = await measure(sojourn(`sessions ${sessions} --gap 30m --out sessions.csv --quiet`), around)
    // With 1 the monitor of a recipe tells that it found something, which the samples are made for.
    const other = await measure(sojourn(`run ${recipe} ${run} --quiet`), { ...around, codes: [0, 1], errors: "ignore" })
    measured.sessions.push([one.wallSeconds, one.cpuSeconds])
    measured.recipe.push([other.wallSeconds, other.cpuSeconds])
  }
  const of = (kind: "sessions" | "recipe", which: 0 | 1) => median(measured[kind].map((pair) => pair[which]))
  table.push([
    recipe,
    run,
    of("sessions", 0).toFixed(2),
    of("recipe", 0).toFixed(2),
    (of("recipe", 0) / of("sessions", 0)).toFixed(2),
    (of("recipe", 1) / of("sessions", 1)).toFixed(2)
  ])
}
console.log(formatTable(table, flags.markdown ? "markdown" : "text"))

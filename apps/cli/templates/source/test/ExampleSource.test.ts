import { testManifest, testSource } from "@sojourn/testkit"
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import manifest from "../package.json" with { type: "json" }
import { exampleSource } from "../src/ExampleSource.ts"

const records = [
  { user: "ann", type: "view" },
  { user: "bob", type: null },
  { user: "ann", type: "view" },
  { user: "é", type: "" }
]

testSource(exampleSource, {
  fixtures: [
    {
      name: "a table with nulls, and two equal rows",
      options: { table: "events" },
      open: async () => {
        const directory = await mkdtemp(join(tmpdir(), "example-"))
        const uri = join(directory, "tables.example")
        await writeFile(uri, JSON.stringify({ tables: { events: records, others: [] } }))
        return {
          uri,
          leftovers: async () => (await readdir(directory)).filter((name) => name !== "tables.example"),
          close: () => rm(directory, { recursive: true })
        }
      },
      missing: "nowhere/tables.example",
      records
    }
  ],
  options: { right: [{ table: "events" }], wrong: [{}, { table: "" }] }
})

testManifest(manifest, [exampleSource])

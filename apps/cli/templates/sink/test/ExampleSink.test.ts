import { testManifest, testSink } from "@sojourn/testkit"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readExample } from "../src/ExampleFile.ts"
import manifest from "../package.json" with { type: "json" }
import { exampleSink } from "../src/ExampleSink.ts"

testSink(exampleSink, {
  options: {},
  target: async () => {
    const directory = await mkdtemp(join(tmpdir(), "example-"))
    const uri = join(directory, "tables.example")
    return {
      uri,
      read: async (table) => (await readExample(uri)).tables[table],
      leftovers: async () => (await readdir(directory)).filter((name) => name !== "tables.example"),
      close: () => rm(directory, { recursive: true })
    }
  },
  optionTests: { right: [{}, { table: "visits" }], wrong: [{ table: "" }, { table: 1 }] }
})

testManifest(manifest, [exampleSink])

import { assert, it } from "@effect/vitest"
import { formatTable } from "../src/Table.ts"

const table = [
  ["system", "wall s", "n"],
  ["Sojourn", "1.25", "1,000"],
  ["cat", "?", ""]
]

it("a table for the terminal has columns of one width, numbers to the right", () => {
  assert.strictEqual(
    formatTable(table, "text"),
    [
      "system   wall s      n", //
      "Sojourn    1.25  1,000",
      "cat           ?"
    ].join("\n")
  )
})

it("a table for a page is Markdown, which a formatter leaves as it is", () => {
  assert.strictEqual(
    formatTable(table, "markdown"),
    [
      "| system  | wall s |     n |",
      "| ------- | -----: | ----: |",
      "| Sojourn |   1.25 | 1,000 |",
      "| cat     |      ? |       |"
    ].join("\n")
  )
})

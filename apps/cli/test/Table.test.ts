import { assert, describe, it } from "@effect/vitest"
import { recordBatch } from "@sojourn/core"
import { DurationMicrosecond, Field, List, makeData, Utf8, vectorFromArray } from "apache-arrow"
import { renderTable, tableText } from "../src/Table.ts"
import { styleFor } from "../src/Style.ts"

const plain = styleFor({ isTTY: false }, {})

describe("renderTable", () => {
  it("aligns columns, numbers to the right", () => {
    const text = renderTable(
      ["name", "n"],
      [
        ["a", "1"],
        ["longer", "1,200"]
      ],
      plain
    )
    assert.strictEqual(text, "name        n\na           1\nlonger  1,200")
  })

  it("leaves out the columns that do not fit and says so", () => {
    const rows = [["aaaa", "bbbb", "cccc"]]
    assert.strictEqual(renderTable(["x", "y", "z"], rows, plain, 16), "x     y     z\naaaa  bbbb  cccc")
    assert.strictEqual(renderTable(["x", "y", "z"], rows, plain, 15), "x     y     …\naaaa  bbbb  …")
    assert.strictEqual(
      renderTable(["x", "y"], [["a".repeat(20), "b"]], plain, 5).split("\n")[1],
      `${"a".repeat(20)}  …`
    )
  })

  it("keeps every cell on one line, short, and free of control characters", () => {
    const [, row] = renderTable(["x"], [[`a\n\u001b[2J${"é".repeat(80)}`]], plain).split("\n")
    assert.strictEqual(row, `a [2J${"é".repeat(54)}…`)
  })
})

describe("tableText", () => {
  it("shows lists and intervals as CSV writes them", () => {
    const micros = new BigInt64Array([1_500_000n, 60_000_000n])
    const interval = makeData({ type: new DurationMicrosecond(), data: micros })
    const list = vectorFromArray([["a", "b"], []], new List(new Field("item", new Utf8()))).data[0]
    const batch = recordBatch(
      [
        { name: "list", data: list },
        { name: "interval", data: interval }
      ],
      2
    )
    assert.strictEqual(
      tableText("t", batch, ["list", "interval"], plain),
      "t\nlist  interval\na;b        1.5\n            60"
    )
  })
})

describe("styleFor", () => {
  it("colours a terminal only, and not against NO_COLOR", () => {
    const isColoured = (tty: boolean, env: Record<string, string>) => styleFor({ isTTY: tty }, env).bold("x") !== "x"
    assert.isTrue(isColoured(true, { TERM: "xterm" }))
    assert.isTrue(isColoured(true, { NO_COLOR: "" }))
    assert.isFalse(isColoured(true, { NO_COLOR: "1" }))
    assert.isFalse(isColoured(true, { TERM: "dumb" }))
    assert.isFalse(isColoured(false, {}))
  })
})

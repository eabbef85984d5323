import { assert, describe, it } from "@effect/vitest"
import { renderTable } from "../src/Table.ts"
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

import { assert, describe, it } from "@effect/vitest"
import { kernelTable } from "@sojourn/core"
import { makeKernels } from "@sojourn/kernels"
import { CleanLines } from "../src/CleanLines.ts"
import { Fields } from "../src/Fields.ts"
import { bytesOf } from "./decode.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

describe("CleanLines", () => {
  it("is tried less and less often in vain, and every time again once there was a clean record", () => {
    const table = kernelTable(kernels, { columns: [], digest: false })
    const clean = new CleanLines(table(true), 1000, new Fields([]))
    /** Records until it is tried again, as many times. */
    const pauses = (times: number): ReadonlyArray<number> =>
      Array.from({ length: times }, () => {
        clean.read(0, 0, 0, 1, 10)
        let pause = 0
        while (!clean.isDue()) pause++
        return pause
      })
    clean.show(bytesOf("?"))
    assert.deepStrictEqual(pauses(9), [1, 2, 4, 8, 16, 32, 64, 64, 64])
    clean.show(bytesOf("{}?"))
    assert.deepStrictEqual(pauses(2), [0, 0])
    clean.show(bytesOf("?"))
    assert.deepStrictEqual(pauses(2), [1, 2])
  })

  it("is taught the fields that the plain reader learns, at every level that is looked into", () => {
    const columns = [{ name: "w", path: "a.b.c.d.e" }]
    const fields = new Fields(columns)
    const clean = new CleanLines(kernelTable(kernels, { columns, digest: false })(true), 1000, fields)
    const record = bytesOf(`{"a":{"b":{"c":{"d":{"e":1}}}}}`)
    clean.show(record)
    clean.read(0, 0, 0, 1, 10)
    assert.strictEqual(clean.records, 0)
    let shape = fields.top
    for (const key of ["a", "b", "c", "d", "e"]) {
      const field = shape.field(bytesOf(`"${key}"`), 0, key.length + 2)
      shape = field.shape ?? shape
    }
    assert.strictEqual(clean.read(0, 0, 0, 1, 10), record.length)
    assert.strictEqual(clean.records, 1)
  })
})

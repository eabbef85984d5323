import { assert, describe, it } from "@effect/vitest"
import { detectDelimiter } from "../src/Delimiter.ts"
import { bytesOf, decode } from "./decode.ts"

const detect = (text: string) => {
  const bytes = bytesOf(text)
  return detectDelimiter(bytes, 0, bytes.length)
}

describe("delimiter detection", () => {
  it("finds each delimiter from a header alone and says so", () => {
    for (const delimiter of [",", ";", "\t", "|"]) {
      const { fields, notes } = decode(["a", "b", "c"].join(delimiter), { columns: [] })
      assert.deepStrictEqual(fields, ["a", "b", "c"])
      assert.deepStrictEqual(notes, [`delimiter ${JSON.stringify(delimiter)}`])
    }
  })

  it("prefers the delimiter that gives the same number of fields on most lines", () => {
    assert.strictEqual(detect("price;note\n1,5;a\n2,5;b, c, d\n"), ";")
    assert.strictEqual(detect("a,b|c\n1,2|3\n4|5\n6|7\n"), "|")
  })

  it("takes the first in the order , ; tab | when they are equal", () => {
    assert.strictEqual(detect("a|b;c\td,e\n1|2;3\t4,5\n"), ",")
    assert.strictEqual(detect("a|b;c\td\n1|2;3\t4\n"), ";")
  })

  it("does not look inside quotes", () => {
    assert.strictEqual(detect(`"a,b"|x\n"1,2,3,4"|y\n"1\n,2"|z\n`), "|")
    assert.strictEqual(detect(`"a";"b"\n"1,2";"3,4"\n`), ";")
  })

  it("does not count a line that could not be read", () => {
    assert.strictEqual(detect('a,b;c\n1,"x";2\n3,"y";4\n'), ";")
  })

  it("is not misled by a bad line", () => {
    assert.strictEqual(detect(`a;b\n1;2\n"x"y,z\n3;4\n"open;5\n`), ";")
  })

  it("takes a file without any delimiter in its first line as one column", () => {
    const { fields, notes, rows } = decode("note\nhello, world\n")
    assert.deepStrictEqual([fields, notes, rows], [["note"], ["one column"], [["hello, world"]]])
  })

  it("looks at the first 64 KiB however they arrive", () => {
    const text = "a;b\n" + "1,2;3\n".repeat(20_000)
    for (const chunks of [[1000], [65_536], [1 << 20]]) {
      const { notes, rows } = decode(text, { chunks, columns: ["b"] })
      assert.deepStrictEqual(notes, [`delimiter ";"`])
      assert.strictEqual(rows.length, 20_000)
    }
  })
})

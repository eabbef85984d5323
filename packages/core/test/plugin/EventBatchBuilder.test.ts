import { assert, describe, it } from "@effect/vitest"
import { textView } from "../../src/arrow/Columns.ts"
import { digest, position } from "../../src/plugin/EventBatch.ts"
import { EventBatchBuilder } from "../../src/plugin/EventBatchBuilder.ts"
import { plainColumn, plainRows } from "../support/plain.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const noBytes = new Uint8Array(0)

const builderOf = (withDigest = false, json = true) =>
  new EventBatchBuilder(
    { columns: ["a", "b"].map((name) => ({ name, path: name })), digest: withDigest, maxRecordBytes: 1e6 },
    json
  )

const cell = (builder: EventBatchBuilder, column: number, text: string): void => {
  const value = bytes(`<${text}>`)
  builder.cell(column, value, 1, value.length - 1)
}

describe("EventBatchBuilder", () => {
  it("keeps records with their cells and places; a cell set twice has its last value, one set to null none", () => {
    const builder = builderOf()
    cell(builder, 0, "1")
    cell(builder, 0, "2")
    cell(builder, 1, "x")
    builder.nullCell(1)
    builder.record(1, 1, 0, 10)
    cell(builder, 1, "y")
    builder.record(2, 5, 2 ** 40, 3)
    assert.strictEqual(builder.rows, 2)
    const { records, rejects, raw, rawOffset } = builder.finish(bytes("raw"), 7)
    assert.deepStrictEqual(plainRows(records), [
      { a: "2", b: null, [position.event]: 1, [position.line]: 1, [position.offset]: 0, [position.length]: 10 },
      { a: null, b: "y", [position.event]: 2, [position.line]: 5, [position.offset]: 2 ** 40, [position.length]: 3 }
    ])
    assert.strictEqual(rejects.numRows, 0)
    assert.deepStrictEqual([new TextDecoder().decode(raw), rawOffset], ["raw", 7])
  })

  it("forgets the cells of a record that is rejected or discarded", () => {
    const builder = builderOf()
    cell(builder, 0, "bad")
    builder.reject({ event: 1, line: 1, offset: 0, length: 3 }, "json.syntax", "unexpected end", null, null)
    cell(builder, 1, "bad")
    builder.discard()
    builder.record(2, 2, 4, 1)
    const { records } = builder.finish(noBytes, 0)
    assert.deepStrictEqual(
      plainRows(records).map(({ a, b }) => [a, b]),
      [[null, null]]
    )
  })

  it("keeps rejects with their place and their bytes, those that are no UTF-8 as U+FFFD", () => {
    const builder = builderOf()
    const raw = Uint8Array.of(0x61, 0xff, 0x62)
    const at = { event: 3, line: 2, offset: 9, length: 3 }
    builder.reject(at, "text.encoding", "not UTF-8", "a", { bytes: raw, start: 0, end: 2 })
    builder.reject({ ...at, event: 4 }, "record.size", "too long", null, null)
    assert.strictEqual(builder.rejected, 2)
    const place = { [position.line]: 2, [position.offset]: 9, [position.length]: 3 }
    assert.deepStrictEqual(plainRows(builder.finish(noBytes, 0).rejects), [
      { [position.event]: 3, ...place, code: "text.encoding", reason: "not UTF-8", field: "a", raw: "a\ufffd" },
      { [position.event]: 4, ...place, code: "record.size", reason: "too long", field: null, raw: null }
    ])
  })

  it("starts the next batch empty, and leaves the last one as it was", () => {
    const builder = builderOf(true)
    for (let i = 0; i < 200; i++) {
      cell(builder, 0, `a${i}`)
      builder.digest?.add(bytes("a"), 0, 1, bytes(String(i)), 0, String(i).length)
      builder.record(i + 1, i + 1, i, 1)
    }
    const first = builder.finish(noBytes, 0)
    const before = plainColumn(first.records, "a")
    const digests = Array.from(first.records.getChild(digest)?.toArray() as Uint8Array)
    cell(builder, 0, "other")
    builder.record(201, 1, 1, 1)
    const second = builder.finish(noBytes, 0)
    assert.deepStrictEqual(plainColumn(second.records, "a"), ["other"])
    assert.deepStrictEqual(plainColumn(first.records, "a"), before)
    assert.deepStrictEqual(
      plainColumn(first.records, "a"),
      Array.from({ length: 200 }, (_, i) => `a${i}`)
    )
    assert.deepStrictEqual(Array.from(first.records.getChild(digest)?.toArray() as Uint8Array), digests)
    assert.strictEqual(builder.finish(noBytes, 0).records.numRows, 0)
  })

  it("marks its columns as JSON tokens if they are, and has a digest only if asked", () => {
    const json = builderOf(true).finish(noBytes, 0).records
    const plain = builderOf(false, false).finish(noBytes, 0).records
    assert.deepStrictEqual([textView(json, "a").json, textView(plain, "a").json], [true, false])
    const names = ["a", "b", position.event, position.line, position.offset, position.length]
    assert.deepStrictEqual(json.schema.names, [...names, digest])
    assert.deepStrictEqual(plain.schema.names, names)
  })
})

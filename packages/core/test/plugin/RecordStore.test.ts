import { assert, describe, it } from "@effect/vitest"
import { makeKernels } from "@sojourn/kernels"
import { columnData } from "../../src/arrow/Columns.ts"
import type { DecodeRequest } from "../../src/plugin/Decoder.ts"
import { digest, microsOf } from "../../src/plugin/EventBatch.ts"
import { EventBatchBuilder } from "../../src/plugin/EventBatchBuilder.ts"
import { kernelTable } from "../../src/plugin/kernelTable.ts"
import { makeInstant } from "../../src/time/Instant.ts"
import { iso8601 } from "../../src/time/Iso8601.ts"
import { utc } from "../../src/time/Zone.ts"
import { plainRows } from "../support/plain.ts"
import { Random } from "../support/random.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
const noBytes = new Uint8Array(0)
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What both kinds of store give of the same calls. */
const both = (request: DecodeRequest, fill: (builder: EventBatchBuilder) => void) =>
  [undefined, kernelTable(kernels, request)].map((table) => {
    const builder = new EventBatchBuilder({ ...request, ...(table !== undefined && { table }) }, true)
    fill(builder)
    return builder.finish(noBytes, 0)
  })

describe("KernelRecords", () => {
  it("keeps what PlainRecords keeps, of any calls, with the same digests", () => {
    const columns = ["a", "b", "c"].map((name) => ({ name, path: name }))
    for (let seed = 1; seed <= 30; seed++) {
      const [plain, kernel] = both({ columns, digest: true, maxRecordBytes: 1000 }, (builder) => {
        const random = new Random(seed)
        for (let i = 0; i < 1500; i++) {
          const text = bytesOf(`<${"é".repeat(random.int(20))}${random.int(9)}>`)
          const action = random.int(10)
          if (action < 4) builder.cell(random.int(3), text, 1, text.length - 1)
          else if (action === 4) builder.nullCell(random.int(3))
          else if (action === 5)
            builder.digest?.add(text, random.int(3), text.length - 1, text, 1, 1 + random.int(text.length))
          else if (action === 6) builder.discard()
          else if (action === 7)
            builder.reject({ event: i, line: i, offset: i, length: 1 }, "json.syntax", "", null, null)
          else builder.record(i, 2 * i, i * 2 ** 33, random.int(1000))
        }
      })
      const digests = [plain, kernel].map(({ records }) => columnData(records, digest).values as Uint8Array)
      assert.deepStrictEqual(digests[1], digests[0])
      const rows = [plain, kernel].map(({ records }) => plainRows(records.selectAt([0, 1, 2, 3, 4, 5, 6])))
      assert.deepStrictEqual(rows[1], rows[0], `seed ${seed}`)
      assert.deepStrictEqual(plainRows(kernel.rejects), plainRows(plain.rejects))
    }
  })
})

const parse = iso8601(utc)

/** Microseconds by the parser of the format; undefined if it is none. */
const expected = (text: string): bigint | undefined => {
  const bytes = bytesOf(text)
  const out = makeInstant()
  return parse(bytes, 0, bytes.length, out) ? BigInt(out.seconds) * 1_000_000n + BigInt(out.micros) : undefined
}

const unknown = -(2n ** 63n)

/** Microseconds that the kernels read, each text as it is or as a JSON string. */
const read = (texts: ReadonlyArray<string>, json: boolean): ReadonlyArray<bigint> => {
  const request = { columns: [{ name: "t", path: "t", isTime: true }], digest: false, maxRecordBytes: 1000 }
  const builder = new EventBatchBuilder({ ...request, table: kernelTable(kernels, request) }, json)
  texts.forEach((text, i) => {
    const bytes = bytesOf(json ? `"${text}"` : text)
    builder.cell(0, bytes, 0, bytes.length)
    builder.record(i + 1, 1, 0, 1)
  })
  const { records } = builder.finish(noBytes, 0)
  assert.deepStrictEqual(
    plainRows(records.selectAt([0])).map(({ t }) => t),
    texts.map((text) => (json ? `"${text}"` : text))
  )
  return Array.from(columnData(records, microsOf("t")).values as BigInt64Array)
}

/** The kernels are right about every text that they read. Says how many that were. */
const assertRight = (texts: ReadonlyArray<string>): number => {
  for (const json of [false, true]) {
    const wrong = read(texts, json).flatMap((micros, i) =>
      micros === unknown || micros === expected(texts[i]) ? [] : [`${texts[i]}: ${micros}`]
    )
    assert.deepStrictEqual(wrong, [])
  }
  return read(texts, false).filter((micros) => micros !== unknown).length
}

describe("times in the kernels", () => {
  it.each([
    "2024-02-29T23:59:59Z",
    "2000-02-29t00:00:00z",
    "1999-12-31 23:59:59.5+00:00",
    "1000-01-01T00:00:00.123456-23:59",
    "9998-12-31T23:59:59,999999999999999999+23:59",
    "1900-03-01T12:34:56.1234567Z",
    "1969-12-31T23:59:59.999999Z"
  ])("%s is read", (text) => {
    assert.strictEqual(assertRight([text]), 1)
  })

  it("are right for any day and any time of it", () => {
    const random = new Random(1)
    const two = (value: number): string => String(value).padStart(2, "0")
    const texts = Array.from({ length: 20_000 }, () => {
      const date = `${1000 + random.int(8999)}-${two(1 + random.int(12))}-${two(1 + random.int(31))}`
      const time = `${two(random.int(24))}:${two(random.int(60))}:${two(random.int(60))}`
      const fraction = random.pick(["", `.${random.int(1e9)}`, `,${random.int(10)}`])
      return `${date}T${time}${fraction}${random.pick(["Z", `+${two(random.int(24))}:${two(random.int(60))}`, "-01:30"])}`
    })
    assert.isAbove(assertRight(texts), 19_000)
  })

  it("are never read otherwise than by the parser of the format, whatever stands in the text", () => {
    const random = new Random(2)
    const seeds = ["2024-02-29T23:59:59Z", "2023-01-31 00:00:00.000001+05:30", "0000-00-00T00:00:00Z", "\0".repeat(20)]
    const letters = "0123456789-:.,+TZtz \0".split("")
    const texts = Array.from({ length: 30_000 }, () => {
      const text = random.pick(seeds).split("")
      for (let edits = random.int(4); edits > 0; edits--) {
        text.splice(random.int(text.length + 1), random.int(2), ...(random.int(4) === 0 ? [] : [random.pick(letters)]))
      }
      return text.join("")
    })
    assert.isAbove(assertRight(texts), 3000)
  })

  it("are not read before any date was, where no date stands", () => {
    const fresh = makeKernels() ?? assert.fail()
    const request = { columns: [{ name: "t", path: "t", isTime: true }], digest: false, maxRecordBytes: 1000 }
    const builder = new EventBatchBuilder({ ...request, table: kernelTable(fresh, request) }, false)
    const text = bytesOf(`${"\0".repeat(10)}T00:00:00Z`)
    builder.cell(0, text, 0, text.length)
    builder.record(1, 1, 0, 1)
    const { values } = columnData(builder.finish(noBytes, 0).records, microsOf("t"))
    assert.deepStrictEqual(Array.from(values as BigInt64Array), [unknown])
  })
})

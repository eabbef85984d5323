import { assert, describe, it } from "@effect/vitest"
import { columnData, kernelTable } from "@sojourn/core"
import { makeKernels } from "@sojourn/kernels"
import { CsvDecoding } from "../src/CsvDecoding.ts"
import { bytesOf, decode, type Decoded, type Input } from "./decode.ts"
import { Random } from "./Random.ts"

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

// Every call decodes without the kernels and with them, and makes sure that the same comes of both (see decode.ts).
const check = (content: string | Uint8Array, input: Input = {}): Decoded =>
  decode(content, { columns: ["c", "a", "none", "b", "a"], digest: true, options: { delimiter: "," }, ...input })

const header = bytesOf("a,b,c\n")
const clean = bytesOf(`1,é,"x"\n,"",yz\r\n`)
const record = bytesOf(`12,"ß,""\n",é€\r\n`)

/** Clean records stand around every one that may not be clean, so that the kernels are tried on each. */
const around = (parts: ReadonlyArray<Uint8Array>): Uint8Array =>
  joined([header, ...parts.flatMap((part) => [clean, part]), clean])

const replaced = (at: number, byte: number): Uint8Array => record.with(at, byte)
const inserted = (at: number, byte: number): Uint8Array =>
  joined([record.subarray(0, at), Uint8Array.of(byte), record.subarray(at)])

describe("with the kernels, the same comes of", () => {
  it("a record with any byte in place of another, and any more", () => {
    const places = Array.from(record.keys())
    const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x22)
    const damaged = places.flatMap((at) => bytes.flatMap((byte) => [replaced(at, byte), inserted(at, byte)]))
    const { rejects, rows } = check(around(damaged), { maxRecordBytes: 64 })
    assert.isAbove(rejects.length, 1000)
    assert.isAbove(rows.length, damaged.length)
    for (const at of places) {
      for (const byte of [0x22, 0x0a, 0x0d, 0x2c, 0x80, 0]) {
        check(around([replaced(at, byte)]))
        check(around([inserted(at, byte)]))
      }
    }
  })

  it("a record without any one of its bytes", () => {
    const rejected = Array.from(record.keys(), (at) => {
      const { rejects } = check(around([joined([record.subarray(0, at), record.subarray(at + 1)])]))
      return rejects.length > 0
    })
    assert.isAbove(rejected.filter(Boolean).length, 5)
  })

  it("text that is not UTF-8, and text that is, of every pair of bytes", () => {
    const rows: Array<Uint8Array> = []
    for (let lead = 0x80; lead < 0x100; lead++) {
      for (const second of [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0]) {
        for (const rest of [[], [0x80], [0xbf, 0x80], [0x80, 0x7f]]) {
          const text = Uint8Array.of(lead, second, ...rest)
          rows.push(joined([bytesOf(`${"x".repeat(rows.length % 19)},`), text, bytesOf(",\n")]))
        }
      }
    }
    const { rejects } = check(around(rows))
    assert.deepStrictEqual(new Set(rejects.map(({ code }) => code)), new Set(["text.encoding"]))
    assert.isBelow(rejects.length, rows.length)
  })

  it("an input that is cut off or cut in two anywhere", () => {
    const text = around([record, bytesOf(`\n\r\n"a""b","\r\n\n",\n`), bytesOf(`"x"\r,2,3\n1,2\n1,2,3,4\n,,\n`)])
    for (let at = 1; at <= text.length; at++) {
      check(text.subarray(0, at))
      check(text, { chunks: [at, text.length] })
    }
  })

  it("blank lines, and nulls where there is one column", () => {
    const text = 'a\n\n\r\n1\n\n""\n\r\r\n"x"\n,\n\n'
    assert.strictEqual(check(text, { columns: ["a"] }).rows.length, 8)
    assert.strictEqual(check(text, { columns: ["a"], options: {} }).rows.length, 9)
    assert.strictEqual(check("a,b\n\n\r\n1,\n\n,\n\r\r\n\n", { columns: ["a", "b"] }).rows.length, 2)
  })

  it("one of a row of records being longer than the cap, or as long", () => {
    for (let length = 0; length < 12; length++) {
      for (const [start, end] of [
        ["", "\n"],
        ['"', '"\r\n'],
        ['""""', "\n"],
        ['"\n', '",\n']
      ]) {
        check(around([bytesOf(`${start}${"x".repeat(length)}${end}`), bytesOf(`,${"y".repeat(length)},\n`)]), {
          maxRecordBytes: 10
        })
      }
    }
  })

  it("fields of any length, across all the borders of blocks", () => {
    const rows = Array.from({ length: 200 }, (_, length) => {
      const text = "abcdefghij".repeat(20).slice(0, length)
      return `${text},"${text}",""\n"${text.replaceAll("e", '""')}","${text.replaceAll("c", ",\n")}","""${text}"\r\n`
    })
    assert.deepStrictEqual(check(`a,b,c\n${rows.join("")}`).rejects, [])
    assert.deepStrictEqual(check(rows.join(""), { options: { delimiter: ",", header: ["a", "b", "c"] } }).rejects, [])
  })

  it("records longer than what the kernels look at together, and many doubled quotes", () => {
    const random = new Random(1)
    const sizes = [10, 1000, 16_000, 17_000, 33_000, 66_000, 262_000, 263_000, 300_000]
    for (const text of ["x", `""`, "é", ",\n"]) {
      const rows = sizes.flatMap((size) => {
        const field = `"${text.repeat(Math.ceil(size / text.length))}"`
        return [`1,2,3\n`.repeat(random.int(3000)), `${random.int(9)},${field},${field}\n`]
      })
      check(`a,b,c\n${rows.join("")}`, { columns: ["a", "c"] })
    }
  })

  it("a file of which many, few or no records are clean", () => {
    const random = new Random(2)
    for (const share of [0, 1, 5, 50, 99, 100]) {
      const rows = Array.from({ length: 3000 }, (_, i) => {
        const isClean = random.int(100) < share
        return isClean
          ? `${i},${random.pick(["x", "", "é", `"q""${i}"`])},${i % 7}\n`
          : random.pick(["1\n", `"x"y,,\n`])
      })
      const { rejects } = check(`a,b,c\n${rows.join("")}`, { chunks: [20_000] })
      if (share % 100 === 0) assert.strictEqual(rejects.length, share === 0 ? 3000 : 0)
    }
  })

  it("many columns, of which many are wanted more than once", () => {
    const random = new Random(3)
    const names = Array.from({ length: 300 }, (_, i) => `n${i}`)
    const rows = Array.from({ length: 300 }, () => names.map(() => random.pick(["", "a", `"b"`, `""`, "ü"])).join(","))
    const columns = Array.from({ length: 100 }, () => `n${random.int(310)}`)
    check(`${names.join(",")}\n${rows.join("\n")}`, { columns })
  })

  it("a file whose header has no names, as it is too long", () => {
    const { rejects } = check("a,b,c\n1,2\n\n,\n", { maxRecordBytes: 4 })
    assert.deepStrictEqual(
      rejects.map(({ reason }) => reason),
      ["expected 0 fields, found 2", "expected 0 fields, found 2"]
    )
  })

  it("random text", () => {
    const random = new Random(4)
    const encoded = [
      "a",
      "17",
      ",",
      ",",
      ",",
      ";",
      '"',
      `"`,
      '""',
      "\n",
      "\n",
      "\r\n",
      "\r",
      " ",
      "é",
      "long".repeat(20)
    ]
    const pieces = [...encoded.map(bytesOf), Uint8Array.of(0xe9), Uint8Array.of(0xc3), Uint8Array.of(0)]
    for (let i = 0; i < 1500; i++) {
      const body = Array.from({ length: random.int(200) }, () => random.pick(pieces))
      check(joined([bytesOf(random.pick(["a,b,c\n", "a\n", "a,b\n", "a;b\r\n", ""])), ...body]), {
        options: {
          ...random.pick([{}, { delimiter: "," } as const, { delimiter: ";" } as const]),
          ...random.pick([{}, { header: "none" } as const, { header: ["a", "b"] } as const])
        },
        columns: random.pick([["a", "b", "c"], ["b"], [], ["none"], ["c2", "c1"]]),
        digest: random.int(2) === 0,
        maxRecordBytes: random.pick([10, 60, 1 << 20]),
        chunks: random.pick([[1 << 20], [1 << 20], [random.int(50) + 1], [1]])
      })
    }
  })
})

describe("times", () => {
  it("are read from the text of a field, quoted or not, but not from one with quotes in it", () => {
    const columns = [{ name: "t", path: "t", isTime: true }]
    const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
    const table = kernelTable(kernels, { columns, digest: false })
    const decoding = new CsvDecoding({ delimiter: "," }, { columns, digest: false, maxRecordBytes: 1 << 20, table }, 1)
    const time = "2024-07-10T10:00:00.25Z"
    const text = `t,u\n${time},\n"${time}",\n"""${time}""",\n,\n"",\nx,\n"${time}",1`
    const batches = [...decoding.push(bytesOf(text)), ...decoding.end()]
    const micros = batches.flatMap(({ records }): ReadonlyArray<bigint> => [...columnData(records, "$micros t").values])
    const known = 1_720_605_600_250_000n
    const unknown = -(2n ** 63n)
    assert.deepStrictEqual(micros, [known, known, unknown, unknown, unknown, unknown, known])
  })
})

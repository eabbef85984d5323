import { assert, describe, it } from "@effect/vitest"
import { type CsvCells, type CsvValues, CsvWriter, makeKernels } from "../src/index.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
const write = (rows: number, columns: ReadonlyArray<CsvCells>, delimiter = ",") => {
  const bytes = new CsvWriter(kernels, delimiter.charCodeAt(0)).write(rows, columns)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}
const column = (values: CsvValues): CsvCells => ({ values, valid: undefined })
const texts = (...values: ReadonlyArray<string>) => {
  const parts = values.map((value) => new TextEncoder().encode(value))
  const offsets = new Int32Array(values.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.length
  return { offsets, bytes: Uint8Array.from(parts.flatMap((part) => [...part])) }
}

describe("CsvWriter", () => {
  it("writes each kind of value, and null as nothing", () => {
    const valid = { bits: Uint8Array.of(0b1011_0000), first: 4 }
    const columns: ReadonlyArray<CsvValues> = [
      { kind: "codes", codes: Int32Array.of(1, 0, -1, 1), texts: texts("x", `é"`) },
      { kind: "texts", texts: texts("a", "b,", "c", "") },
      { kind: "int64", values: BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), 0n, 0n) },
      { kind: "timestamp", values: BigInt64Array.of(1_720_605_600_000_000n, -1n, 0n, 1_000n) },
      { kind: "date", values: Int32Array.of(-1, -719_162, 0, 2_932_896) },
      { kind: "double", values: Float64Array.of(0.5, 0.1 + 0.2, 0, -1e-6) },
      { kind: "bool", values: { bits: Uint8Array.of(0b0100_0000, 0b10), first: 6 } }
    ]
    assert.strictEqual(
      write(
        4,
        columns.map((values) => ({ values, valid }))
      ),
      `"é""",a,9223372036854775807,2024-07-10T10:00:00Z,1969-12-31,0.5,true\n` +
        `x,"b,",-9223372036854775808,1969-12-31T23:59:59.999999Z,0001-01-01,0.30000000000000004,false\n` +
        ",,,,,,\n" +
        `"é""","",0,1970-01-01T00:00:00.001Z,9999-12-31,-0.000001,true\n`
    )
  })

  it("writes a part of larger memory", () => {
    const { bytes, offsets } = texts("x", "yy", "zzz", "")
    assert.strictEqual(
      write(2, [column({ kind: "texts", texts: { bytes, offsets: offsets.subarray(1, 4) } })]),
      "yy\nzzz\n"
    )
  })

  it("quotes for the delimiter that it has", () => {
    const values = column({ kind: "texts", texts: texts("a,b;c") })
    assert.strictEqual(write(1, [values, values]), `"a,b;c","a,b;c"\n`)
    assert.strictEqual(write(1, [values, values], "|"), "a,b;c|a,b;c\n")
  })

  it("writes any doubles, wherever they stand", () => {
    const values = Float64Array.of(1 / 3, 2, 1e300, Number.NaN, 5e-324)
    const doubles = column({ kind: "double", values })
    const expected = Array.from(values, (value) => (Number.isNaN(value) ? "," : `${value},${value}`)).join("\n")
    assert.strictEqual(write(5, [doubles, doubles]), `${expected}\n`)
  })

  it("gives nothing for times and dates outside the years 0001 to 9999", () => {
    assert.isUndefined(write(2, [column({ kind: "date", values: Int32Array.of(0, -719_163) })]))
    assert.isUndefined(write(1, [column({ kind: "timestamp", values: BigInt64Array.of(253_402_300_800_000_000n) })]))
    assert.strictEqual(write(1, [column({ kind: "date", values: Int32Array.of(0) })]), "1970-01-01\n")
  })

  it("keeps nothing in the memory of the kernels from call to call", () => {
    const long = texts("x".repeat(1000))
    const cells = column({ kind: "codes", codes: new Int32Array(10_000), texts: long })
    write(10_000, [cells])
    const before = kernels.bytes.length
    for (let i = 0; i < 20; i++) assert.strictEqual(write(10_000, [cells])?.length, 10_010_000)
    assert.strictEqual(kernels.bytes.length, before)
  })
})

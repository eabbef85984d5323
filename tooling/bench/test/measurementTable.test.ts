import { assert, it } from "@effect/vitest"
import { measurementTable } from "../src/measurementTable.ts"

const input = { shape: "short", format: "jsonl", out: "csv", rows: 1_000_000, clean: true } as const
const run = (wallSeconds: number, cpuSeconds: number, megabytes: number) => ({
  wallSeconds,
  cpuSeconds,
  treeMegabytes: megabytes,
  highestMegabytes: megabytes - 1
})

it("a row has the least and the median time, the largest memory, and what was written", () => {
  const runs = [run(2, 3, 100), run(1, 2, 300), run(4, 6, 200)]
  const written = { result: { sessions: 1234, events: 5678, digest: "" }, syncSeconds: [0.1, 0.5, 0.2] }
  const [header, row] = measurementTable([{ input, bytes: 130e6, system: "Sojourn", runs, written }])
  assert.deepStrictEqual(Object.fromEntries(header.map((name, column) => [name, row[column]])), {
    shape: "short",
    input: "jsonl clean",
    output: "csv",
    rows: "1,000,000",
    system: "Sojourn",
    "wall s (min)": "1.00",
    "wall s (median)": "2.00",
    "µs/row": "2.00",
    "MB/s": "65",
    "CPU s": "3.00",
    "tree MB": "300",
    "VmHWM MB": "299",
    "fsync s": "0.20",
    sessions: "1,234",
    events: "5,678"
  })
})

it("a row has no figures for what was not measured", () => {
  const runs = [run(1, Number.NaN, Number.NaN)]
  const [, reader] = measurementTable([{ input, bytes: 1e6, system: "cat", runs, written: undefined }])
  assert.deepStrictEqual(reader.slice(9), ["?", "", "", "", "", ""])
  const written = { result: { sessions: 1, events: 1, digest: "" }, syncSeconds: [0] }
  const [, writer] = measurementTable([{ input, bytes: 1e6, system: "Sojourn", runs, written }])
  assert.deepStrictEqual(writer.slice(9), ["?", "?", "?", "0.00", "1", "1"])
})

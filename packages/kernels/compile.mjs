// Compiles assembly/ to WebAssembly and puts it as text into src/wasm.ts. With --check nothing is written: it fails if
// src/wasm.ts is not what the sources give.
import { main } from "assemblyscript/asc"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const target = join(import.meta.dirname, "src", "wasm.ts")
const outputs = new Map()
const { error } = await main(
  [
    "assembly/index.ts",
    "--outFile",
    "kernels.wasm",
    "-O3",
    "--noAssert",
    "--converge",
    "--enable",
    "simd",
    "--runtime",
    "stub",
    "--use",
    "abort=",
    "--initialMemory",
    "2",
    "--maximumMemory",
    "65536"
  ],
  {
    baseDir: import.meta.dirname,
    writeFile: (name, contents) => void outputs.set(name, contents)
  }
)
if (error) {
  console.error(error.message)
  process.exit(1)
}
const bytes = outputs.get("kernels.wasm")
const lines = Buffer.from(bytes)
  .toString("base64")
  .match(/.{1,110}/g)
const text = `// Made by compile.mjs from assembly/: ${bytes.length} bytes of WebAssembly in base64.
export const wasm =
${lines.map((line) => `  "${line}"`).join(" +\n")}
`
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/wasm.ts is not what assembly/ gives: run pnpm run compile")
    process.exit(1)
  }
} else writeFileSync(target, text)

// Bundles the command into dist/main.js and its threads into dist/threadMain.js, with the recipes beside them. dist/sojourn.js is the step before.
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { rolldown } from "rolldown"

/** Renamed into place, so that a command that starts meanwhile finds a whole file. */
async function place(path, content, mode) {
  const staged = `${path}.${process.pid}`
  await writeFile(staged, content)
  await chmod(staged, mode)
  await rename(staged, path)
}

/** The licences of the packages that the bundle contains, as they ask for. */
async function licences(modules) {
  const roots = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id) ?? []))
  const texts = await Promise.all(
    [...roots].map(async (root) => {
      const { license, name, version } = JSON.parse(await readFile(`${root}/package.json`, "utf8"))
      const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry))
      const text = file === undefined ? "" : `\n${(await readFile(`${root}/${file}`, "utf8")).trim()}\n`
      return `${name} ${version} (${license})\n${text}`
    })
  )
  return texts.sort().join(`\n${"-".repeat(80)}\n\n`)
}

const recipes = await readdir("../../packages/recipes/recipes")
await mkdir("recipes", { recursive: true })
for (const name of await readdir("recipes")) {
  if (name.endsWith(".yaml") && !recipes.includes(name)) await rm(`recipes/${name}`, { force: true })
}
for (const name of recipes)
  await place(`recipes/${name}`, await readFile(`../../packages/recipes/recipes/${name}`), 0o644)

async function bundled(input) {
  const bundle = await rolldown({
    input,
    platform: "node",
    resolve: { conditionNames: ["node", "import", "default"] },
    treeshake: true
  })
  const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false })
  await bundle.close()
  return output[0]
}

const main = await bundled("src/main.ts")
const thread = await bundled("../../packages/node/src/threads/threadMain.ts")
await mkdir("dist", { recursive: true })
await place("dist/main.js", main.code, 0o644)
await place("dist/threadMain.js", thread.code, 0o644)
// The writer of Parquet reads it beside itself when it is first used.
const wasm = "parquet_wasm_bg.wasm"
const sinks = createRequire(new URL("../../packages/sinks-parquet/package.json", import.meta.url))
await place(`dist/${wasm}`, await readFile(sinks.resolve(`parquet-wasm/node/${wasm}`)), 0o644)
await place("dist/sojourn.js", await readFile("sojourn.mjs"), 0o755)
await place("dist/licences.txt", await licences(main.moduleIds), 0o644)

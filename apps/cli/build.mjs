// Bundles the command into dist/main.cjs, its threads into dist/threadMain.cjs and the processes of its server into
// dist/jobMain.cjs, with the recipes beside them. dist/sojourn.js, dist/threadMain.js and dist/jobMain.js are the steps
// before, which load them by dist/load.js: that is why they are scripts and no modules.
import { existsSync } from "node:fs"
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
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
      const entries = await readdir(root)
      const file = entries.find((entry) => /^licen[cs]e/i.test(entry))
      const notice = entries.find((entry) => /^notice/i.test(entry))
      const texts = await Promise.all(
        [file, notice].flatMap((one) => (one === undefined ? [] : [readFile(`${root}/${one}`, "utf8")]))
      )
      const text = texts.map((one) => `\n${one.trim()}\n`).join("")
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

// What is imported when it is first used, such as S3, is a file of its own, shared by the command and its threads.
const bundle = await rolldown({
  input: {
    main: "src/main.ts",
    threadMain: "../../packages/node/src/threads/threadMain.ts",
    jobMain: "../http/src/process/jobMain.ts"
  },
  platform: "node",
  // Native, and as large as everything else together: who uses it installs it.
  external: ["@duckdb/node-api"],
  transform: { define: { "import.meta.env": "undefined" } },
  resolve: { conditionNames: ["node", "import", "default"] },
  treeshake: true
})
const { output } = await bundle.generate({
  format: "cjs",
  minify: true,
  entryFileNames: "[name].cjs",
  chunkFileNames: "part-[name]-[hash].cjs"
})
await bundle.close()
await mkdir("dist", { recursive: true })
const parts = output.map(({ fileName }) => fileName)
for (const name of await readdir("dist")) {
  if (name.startsWith("part-") && !parts.includes(name)) await rm(`dist/${name}`, { force: true })
}
// Entries come last: a command that starts meanwhile finds what they import.
for (const { code, fileName } of output.toSorted((a, b) => Number(a.isEntry) - Number(b.isEntry)))
  await place(`dist/${fileName}`, code.replace(/\bimport\(/g, "importModule("), 0o644)
// Templates of plugins, with the versions that the command is built from.
const versionOf = async (name) => JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8")).version
await rm("dist/templates", { recursive: true, force: true })
for (const entry of await readdir("templates", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  let text = await readFile(`${entry.parentPath}/${entry.name}`, "utf8")
  for (const [token, name] of text.matchAll(/"\$([@\w/-]+)"/g))
    text = text.replace(token, `"^${await versionOf(name)}"`)
  await mkdir(`dist/${entry.parentPath}`, { recursive: true })
  await place(`dist/${entry.parentPath}/${entry.name}`, text, 0o644)
}

// The writer of Parquet reads it beside itself when it is first used.
const wasm = "parquet_wasm_bg.wasm"
const sinks = createRequire(new URL("../../packages/sinks-parquet/package.json", import.meta.url))
await place(`dist/${wasm}`, await readFile(sinks.resolve(`parquet-wasm/node/${wasm}`)), 0o644)

// The page, which is told that it comes from a server. It is built before (turbo sees to it), or left out.
const page = fileURLToPath(new URL("dist/", import.meta.resolve("@sojourn/web/package.json")))
if (existsSync(`${page}index.html`)) {
  await rm("dist/page", { recursive: true, force: true })
  await cp(page, "dist/page", { recursive: true })
  const html = await readFile("dist/page/index.html", "utf8")
  await place(
    "dist/page/index.html",
    html.replace("<title>", '<meta name="sojourn-server" content="" /><title>'),
    0o644
  )
}

await place("dist/load.js", await readFile("load.mjs"), 0o644)
for (const name of ["threadMain", "jobMain"]) {
  await place(`dist/${name}.js`, `import { start } from "./load.js"\nstart("${name}")\n`, 0o644)
}
await place("dist/sojourn.js", await readFile("sojourn.mjs"), 0o755)
await place("dist/licences.txt", await licences(output.flatMap(({ moduleIds }) => moduleIds)), 0o644)

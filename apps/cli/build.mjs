// Bundles the command into one file that any Node from 22.19 runs, with the recipes beside it.
import { chmod, cp, mkdir, rename, rm, writeFile } from "node:fs/promises"
import { rolldown } from "rolldown"

const bundle = await rolldown({
  input: "src/main.ts",
  platform: "node",
  resolve: { conditionNames: ["node", "import", "default"] },
  treeshake: true
})
const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false })
await bundle.close()

await rm("recipes", { recursive: true, force: true })
await cp("../../packages/recipes/recipes", "recipes", { recursive: true })
await mkdir("dist", { recursive: true })
// Renamed into place, so that a command that starts meanwhile finds a whole file.
const staged = `dist/.sojourn.${process.pid}.js`
await writeFile(staged, `#!/usr/bin/env node\n${output[0].code}`)
await chmod(staged, 0o755)
await rename(staged, "dist/sojourn.js")

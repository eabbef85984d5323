import { isBuiltin } from "node:module"
import { rolldown } from "rolldown"

/** A module and all it imports as one script for a browser. Fails if anything of Node is among that. */
export const bundleForBrowser = async (entry: string) => {
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    plugins: [
      {
        name: "nothing-of-node",
        resolveId: (name, importer) => {
          if (isBuiltin(name)) throw new Error(`${importer} imports ${name}, which no browser has`)
        }
      }
    ]
  })
  try {
    const { output } = await bundle.generate({ format: "esm", codeSplitting: false })
    const [script] = output
    return { script: script.code, modules: script.moduleIds, imports: [...script.imports, ...script.dynamicImports] }
  } finally {
    await bundle.close()
  }
}

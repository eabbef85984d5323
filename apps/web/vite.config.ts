import { fileURLToPath } from "node:url"
import { defineConfig, type Plugin } from "vite"

/** Tells the service worker what the page is made of. Parquet and the sample are fetched by those who want them. */
const files = (): Plugin => ({
  name: "files",
  generateBundle(_options, bundle) {
    const names = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name) && !/parquet/i.test(name))
    const kept = ["./", "icon.svg", ...names.filter((name) => name.startsWith("assets/")).sort()]
    this.emitFile({ type: "asset", fileName: "files.json", source: JSON.stringify(kept) })
  }
})

const lazyRegex = fileURLToPath(new URL("src/worker/lazyRegex.ts", import.meta.url))

/** Whatever imports `re2js` gets {@link lazyRegex}, which alone gets the real one. */
const regexLater = (): Plugin => ({
  name: "regex-later",
  enforce: "pre",
  resolveId: (source, importer) => (source === "re2js" && importer !== lazyRegex ? lazyRegex : null)
})

export default defineConfig({
  // Works below any path of a static host.
  base: "./",
  plugins: [files()],
  build: {
    target: "es2024",
    // The policy of the page lets nothing in that stands in it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", sw: "src/serviceWorker.ts" },
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") }
    }
  },
  worker: { format: "es", plugins: () => [regexLater()] }
})

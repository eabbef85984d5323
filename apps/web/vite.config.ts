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
  worker: { format: "es" }
})

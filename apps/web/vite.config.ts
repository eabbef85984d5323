import { defineConfig } from "vite"

export default defineConfig({
  // Works below any path of a static host.
  base: "./",
  // A project of vitest takes its settings from the same place as all others.
  build: { target: "es2024", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
  worker: { format: "es" }
})

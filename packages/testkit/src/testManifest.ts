import type { PluginOptions } from "@sojourn/core"
import { describe, it } from "vitest"
import { same } from "./Rule.ts"

/** What of a plugin its package tells without running it. */
interface Told extends PluginOptions<never> {
  readonly kind: string
  readonly name: string
  readonly summary: string
  readonly extensions: ReadonlyArray<string>
}

/** The entry of a plugin in the field `sojourn` of its package.json. */
export const manifestEntry = ({ extensions, kind, name, optionsSchema, summary }: Told) => ({
  kind,
  name,
  summary,
  extensions,
  options: optionsSchema()
})

/** Throws unless a package.json tells of these plugins what they are. */
export const checkManifest = (manifest: unknown, plugins: ReadonlyArray<Told>): void =>
  same("sojourn in package.json", (manifest as { readonly sojourn?: unknown }).sojourn, {
    plugins: plugins.map(manifestEntry)
  })

/**
 * Tests that a package.json tells of its plugins what they are, so that `sojourn plugins` can list them, with their options,
 * without running them. Where it does not, the message has what it should say.
 */
export const testManifest = (manifest: unknown, plugins: ReadonlyArray<Told>): void => {
  describe("package.json", () => {
    it("tells of the plugins what they are", () => checkManifest(manifest, plugins))
  })
}

import { localEngine, type Plan, type Summary } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { builtInFormats } from "../../src/Formats.ts"
import { loadPlan } from "../../src/LoadPlan.ts"
import * as NodeConnections from "../../src/NodeConnections.ts"
import { Commit } from "../../src/output/Commit.ts"
import { openState } from "../../src/state/State.ts"
import { recoverTargets } from "../../src/Targets.ts"
import { type CrewOptions, threadCrew } from "../../src/threads/crew.ts"

/** How a spec is run, in which `$AT` stands for a directory. */
export interface Setting {
  readonly at: string
  readonly asOf?: string
  /** Below the directory; without it everything is read. */
  readonly state?: string
  readonly prune?: boolean
  readonly fix?: Readonly<Record<string, string>>
  readonly crew?: Partial<CrewOptions>
}

export const planOf = (at: string, spec: string): Effect.Effect<Plan, unknown> =>
  loadPlan({ file: "spec.yaml", text: spec.replaceAll("$AT", at) }, { params: {}, env: {} })

/** Runs a spec as the command does. */
export const runSpec = (spec: string, setting: Setting): Promise<Summary> => Effect.runPromise(runEffect(spec, setting))

export const runEffect = (
  spec: string,
  { asOf = "2024-07-12T00:00:00Z", at, crew, fix, prune = false, state: name }: Setting
) =>
  Effect.gen(function* () {
    const plan = yield* planOf(at, spec)
    const directory = name === undefined ? undefined : join(at, name)
    const asOfMicros = Date.parse(asOf) * 1000
    yield* recoverTargets(plan, builtInFormats, directory)
    const commit = new Commit(builtInFormats)
    const state =
      directory === undefined
        ? undefined
        : yield* openState(plan, {
            directory,
            prune,
            release: "test",
            call: { spec: "spec.yaml", params: {}, directory: at },
            ...(fix && { fix }),
            bindings: new Map(),
            asOfMicros,
            formats: builtInFormats,
            commit
          })
    const { summary } = yield* localEngine
      .run(plan, {
        asOfMicros,
        crew: threadCrew({
          formats: builtInFormats,
          threads: 1,
          eventBytes: 1e9,
          ...crew,
          ...(state && { state: state.events })
        }),
        ...(state && { state })
      })
      .pipe(Effect.provide(NodeConnections.layer(builtInFormats, { commit, former: state?.formerFiles })))
    return summary
  }).pipe(Effect.scoped)

/** Every file below a directory and its bytes, those that are hidden too. */
export const filesBelow = (at: string): Readonly<Record<string, string>> =>
  existsSync(at)
    ? Object.fromEntries(
        readdirSync(at, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name, parentPath }) => join(parentPath, name))
          .toSorted()
          .map((path) => [path.slice(at.length + 1), readFileSync(path, "latin1")])
      )
    : {}

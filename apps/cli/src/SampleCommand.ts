import { sampleNames, writeSample } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { UsageError } from "./Failure.ts"
import { asOfFlag, asOfMicros } from "./RunFlags.ts"

/** Most files that are named one by one. */
const mostNamed = 5

/** `sojourn sample`. */
export const sampleCommand = Command.make(
  "sample",
  {
    recipe: Argument.String("recipe").pipe(Argument.withDescription("The recipe that the sample is for")),
    rows: Flag.Int("rows").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("Records to make up (default 1000)"),
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
      Flag.withDefault(1000)
    ),
    out: Flag.String("out").pipe(Flag.withMetavar("DIR"), Flag.withDescription("The directory that it is written to")),
    asOf: asOfFlag("The times of records end an hour before it, such as 2024-07-10T10:00:00Z (default: the clock)")
  },
  Effect.fn("sample")(function* ({ asOf, out, recipe, rows }) {
    if (!sampleNames.includes(recipe)) {
      const hint = `there is one of ${sampleNames.join(", ")}`
      return yield* new UsageError({ message: `no sample of "${recipe}"`, hint })
    }
    const millis = Math.floor((yield* asOfMicros(asOf)) / 1000)
    const { command, files } = yield* writeSample(recipe, { asOf: millis, directory: out, rows })
    const named = files.slice(0, mostNamed).map((file) => `created ${out}/${file}\n`)
    const more = files.length > mostNamed ? `and ${files.length - mostNamed} other files\n` : ""
    process.stdout.write(`${named.join("")}${more}\nnext: cd ${out} && sojourn run ${command}\n`)
  })
).pipe(
  Command.withDescription("Write made-up input for a recipe: the same one for the same flags"),
  Command.withExamples([
    { command: "sojourn sample RECIPE --rows 10000 --out sample", description: "What to try a recipe with" }
  ])
)

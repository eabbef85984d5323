import * as Effect from "effect/Effect"
import { s3ReadStore } from "../src/index.ts"

// Lists s3://events/ with the options that are its argument and the credentials of its environment, in a process of its
// own: the environment of a test belongs to all tests.

const list = Effect.gen(function* () {
  const store = yield* s3ReadStore.open(JSON.parse(process.argv[2]))
  return (yield* store.list("s3://events/")).map(({ uri }) => uri).join(" ")
})
process.stdout.write(
  await Effect.runPromise(
    list.pipe(
      Effect.scoped,
      Effect.catch(({ hint, message }) => Effect.succeed(`${message}. ${hint}`))
    )
  )
)

import * as Effect from "effect/Effect"
import { serve } from "../../src/index.ts"
import { testOptions } from "./options.ts"

// A server in a process of its own, over the directory that it is given.
await Effect.runPromise(serve(testOptions(process.argv[2])))

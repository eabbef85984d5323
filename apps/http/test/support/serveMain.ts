import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { serve } from "../../src/index.ts"
import { testOptions } from "./options.ts"

// A server in a process of its own, over the directory that it is given.
NodeRuntime.runMain(serve(testOptions(process.argv[2])))

import type { Schema as ArrowSchema } from "apache-arrow"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Plan } from "../plan/Plan.ts"
import type { Report } from "../plan/Report.ts"
import type { PluginError } from "./PluginError.ts"
import type { ReportSink } from "./ReportSink.ts"
import type { Sink } from "./Sink.ts"
import type { Source } from "./Source.ts"

/** How an engine reaches the outside: the runtime turns what a plan names into sources and sinks. */
export class Connections extends Context.Service<
  Connections,
  {
    /** The sources of one input, in the order in which they are to be read: a directory has many. */
    readonly sources: (
      input: Pick<Plan["scan"]["inputs"][number], "uri" | "format">
    ) => Effect.Effect<ReadonlyArray<Source>, PluginError, Scope.Scope>
    /** Where a report goes, of one that has a renderer. */
    readonly report?: (report: Report, uri: string) => Effect.Effect<ReportSink, PluginError, Scope.Scope>
    readonly sink: (output: Plan["write"][number], schema: ArrowSchema) => Effect.Effect<Sink, PluginError, Scope.Scope>
  }
>()("@sojourn/core/Connections") {}

import { clickstream } from "./sample/clickstream.ts"
import { eventSessions } from "./sample/eventSessions.ts"
import { learningSessions } from "./sample/learningSessions.ts"
import type { Sample } from "./sample/Sample.ts"
import { userOutcomes } from "./sample/userOutcomes.ts"
import { videoEngagement } from "./sample/videoEngagement.ts"

export type { Sample, SampleOptions } from "./sample/Sample.ts"

/** The folder of the recipes, one spec file each: `event-sessions.yaml` is the recipe `event-sessions`. */
export const recipesFolder: URL = new URL("../recipes/", import.meta.url)

/** Made-up input for each recipe, by its name. */
export const samples: ReadonlyMap<string, Sample> = new Map([
  ["clickstream", clickstream],
  ["event-sessions", eventSessions],
  ["learning-sessions", learningSessions],
  ["user-outcomes", userOutcomes],
  ["video-engagement", videoEngagement]
])

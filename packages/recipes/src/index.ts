/** The folder of the recipes, one spec file each: `event-sessions.yaml` is the recipe `event-sessions`. */
export const recipesFolder: URL = new URL("../recipes/", import.meta.url)

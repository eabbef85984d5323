import { type KnownRecipe, specAsRecipe } from "./recipes.ts"

const files = import.meta.glob<string>("../../../../packages/recipes/recipes/*.yaml", {
  query: "?raw",
  import: "default",
  eager: true
})

export const recipes: ReadonlyArray<KnownRecipe> = Object.entries(files).map(([path, text]) =>
  specAsRecipe(path.replace(/^.*\/(.*)\.yaml$/, "$1"), text)
)

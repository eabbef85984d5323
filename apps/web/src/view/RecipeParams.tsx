import type { Recipe } from "../engine/Engine.ts"
import type { Settings } from "../engine/Settings.ts"
import { TextInput } from "./parts.tsx"

/** What can be said about a recipe, besides inputs and outputs. */
export const RecipeParams = (props: {
  readonly recipe: NonNullable<Settings["recipe"]>
  readonly params: Recipe["params"]
  readonly onChange: (recipe: NonNullable<Settings["recipe"]>) => void
}) => {
  const { onChange, params, recipe } = props
  return (
    <div class="fields">
      {params.map(({ description, name, value }) => (
        <TextInput
          key={name}
          label={name}
          value={recipe.params[name] ?? ""}
          placeholder={value}
          note={description}
          onChange={(text) => onChange({ ...recipe, params: { ...recipe.params, [name]: text } })}
        />
      ))}
    </div>
  )
}

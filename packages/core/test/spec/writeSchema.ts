import { writeFileSync } from "node:fs"
import { specJsonSchema } from "../../src/spec/JsonSchema.ts"

// Writes the JSON Schema of a spec as it is published with this package: `pnpm run schema`.
writeFileSync(new URL("../../spec.schema.json", import.meta.url), JSON.stringify(specJsonSchema(), null, 2))

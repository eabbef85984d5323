export { exampleSource as default } from "./ExampleSource.ts"

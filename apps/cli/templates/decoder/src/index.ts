export { exampleDecoder as default } from "./ExampleDecoder.ts"

import { testDecoder, testManifest } from "@sojourn/testkit"
import manifest from "../package.json" with { type: "json" }
import { exampleDecoder } from "../src/ExampleDecoder.ts"

testDecoder(exampleDecoder, {
  fixtures: [
    {
      name: "lines, one of them broken, the last without an end",
      input: "user=ann type=view\nuser=bob type=click page=/a=b\n\nbroken line\nuser=ann type=view\nuser=é",
      records: [
        { user: "ann", type: "view" },
        { user: "bob", type: "click", page: "/a=b" },
        { user: "ann", type: "view" },
        { user: "é" }
      ],
      rejects: [{ event: 3, code: "log.syntax" }]
    },
    {
      name: "a tab between fields",
      input: "user=ann\ttype=a view\n",
      options: { separator: "\t" },
      records: [{ user: "ann", type: "a view" }]
    }
  ],
  options: { right: [{}, { separator: ";" }], wrong: [{ separator: "" }, { separator: 1 }] }
})

testManifest(manifest, [exampleDecoder])

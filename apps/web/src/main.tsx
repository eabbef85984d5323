import { render } from "preact"
import { followAddress } from "./state/app.ts"
import { Page } from "./view/Page.tsx"

const place = document.querySelector("#page")
if (place !== null) {
  followAddress()
  render(<Page />, place)
}

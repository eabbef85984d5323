import { render } from "preact"
import { followAddress } from "./state/app.ts"
import { Page } from "./view/Page.tsx"

const place = document.querySelector("#page")
if (place !== null) {
  followAddress()
  render(<Page />, place)
}

// While it is worked on, the page is always the newest.
if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("./sw.js")

// The entry point of the page.
import { effect } from "@preact/signals"
import { render } from "preact"
import { App } from "./app.tsx"
import { listenToKeys } from "./keyboard.ts"
import { boot } from "./store/boot.ts"
import { startTicking } from "./store/clock.ts"
import { clashes } from "./store/edits.ts"
import { documentTitle } from "./store/heading.ts"
import { rereadLines } from "./store/kept-lines.ts"
import { nudgeLive } from "./store/live.ts"
import { unread } from "./store/notifications.ts"
import { openTask } from "./store/opening.ts"
import { followAddress, openTaskId } from "./store/route.ts"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/controls.css"
import "./styles/overlays.css"
import "./styles/sidebar.css"
import "./styles/shell.css"
import "./styles/quick-add.css"
import "./styles/tasks.css"
import "./styles/empty.css"
import "./styles/fields.css"
import "./styles/drawer.css"
import "./styles/log.css"
import "./styles/toasts.css"
import "./styles/repeat.css"
import "./styles/series.css"
import "./styles/sign-in.css"

followAddress()
listenToKeys()
startTicking()
boot()

for (const event of ["online", "offline", "focus", "pageshow"]) addEventListener(event, nudgeLive)
document.addEventListener("visibilitychange", nudgeLive)
addEventListener("storage", rereadLines)

// The tab's icon has a dot while a notification is unread.
effect(() => {
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]")
  if (icon) icon.href = unread.value > 0 ? "/favicon-unread.svg" : "/favicon.svg"
})

// A conflict is resolved in the drawer, where both values can be seen.
effect(() => {
  const clash = clashes.value.at(-1)
  if (clash && openTaskId.peek() !== clash.edit.taskId) openTask(clash.edit.taskId)
})

effect(() => {
  document.title = documentTitle.value
})

const root = document.querySelector("#app")
if (root) render(<App />, root)

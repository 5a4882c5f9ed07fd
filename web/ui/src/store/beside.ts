// Whether the chat stands beside the list, and how it is opened and closed. The chat itself is loaded when first opened.
import { signal } from "@preact/signals"
import { route, viewLink } from "./route.ts"

export const chatIsBeside = signal(false)
/** Grows each time the chat is asked for, so that its field takes the focus again. */
export const chatAskedFor = signal(0)

/** Under this key the browser keeps what is typed and not sent yet. */
export const DRAFT = "duely.chat-draft"

let cameFrom: Element | null = null

/** Opens the chat beside the list where there is room, else as the view. */
export function openChat(): void {
  if (route.peek().view !== "chat") {
    if (!chatIsBeside.peek()) cameFrom = document.activeElement
    if (matchMedia("(min-width: 1200px)").matches) chatIsBeside.value = true
    else location.hash = viewLink("chat")
  }
  chatAskedFor.value += 1
}

export function closeChat(): void {
  chatIsBeside.value = false
  if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus()
  cameFrom = null
}

export function dropDraft(): void {
  try {
    localStorage.removeItem(DRAFT)
  } catch {
    // Storage is blocked, so that nothing is kept.
  }
}

// The places of the chat in the page, and its button; what stands in them is loaded when first opened.
import { chatIsBeside, closeChat, openChat } from "../store/beside.ts"
import { route } from "../store/route.ts"
import { Icon } from "./Icon.tsx"
import { later } from "./later.tsx"

export const ChatView = later(async () => (await import("../chat/Chat.tsx")).Chat)

/** Shows the chat beside the list. */
export function ChatBeside() {
  if (!chatIsBeside.value || route.value.view === "chat") return null
  return (
    <aside class="beside" aria-label="Chat">
      <button type="button" class="icon-button beside-close" aria-label="Close the chat" onClick={closeChat}>
        <Icon name="close" />
      </button>
      <ChatView />
    </aside>
  )
}

export function ChatButton() {
  if (route.value.view === "chat") return null
  return (
    <button type="button" class="icon-button" aria-label="Chat" aria-keyshortcuts="c" onClick={openChat}>
      <Icon name="chat" />
    </button>
  )
}

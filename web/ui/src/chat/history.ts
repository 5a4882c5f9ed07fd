// The list of conversations: read, given other titles, deleted.
import { signal } from "@preact/signals"
import { call, failureText, Refused, Unreachable } from "../api.ts"
import { quoted } from "../quoted.ts"
import { ask } from "../store/asking.ts"
import type { ConversationItem, ConversationPage } from "../types.ts"
import { conversationId, newConversation } from "./conversation.ts"

const PER_PAGE = 30

export class History {
  readonly items = signal<readonly ConversationItem[]>([])
  readonly next = signal<string | null>(null)
  readonly state = signal<"loading" | "ready">("loading")
  readonly problem = signal("")

  /** Reads the newest conversations, or those after the ones that are there. */
  async load(cursor: string | null = null): Promise<void> {
    await this.attempt(async () => {
      const query = { per_page: PER_PAGE, cursor }
      const { value } = await call<ConversationPage>("GET", "/conversations", { query })
      this.items.value = cursor ? [...this.items.peek(), ...value.items] : value.items
      this.next.value = value.next_cursor
    })
    this.state.value = "ready"
  }

  async rename(id: string, title: string): Promise<boolean> {
    return this.attempt(async () => {
      await call("PATCH", `/conversations/${id}`, { body: { title } })
      this.items.value = this.items.peek().map((it) => (it.id === id ? { ...it, title } : it))
    })
  }

  async remove({ id, title }: ConversationItem): Promise<void> {
    const text = `Nothing of what was said in ${quoted(title)} will be left. What it changed in your tasks stays.`
    if (!(await ask({ title: "Delete the conversation?", text, yes: "Delete it" }))) return
    await this.attempt(async () => {
      await call("DELETE", `/conversations/${id}`)
      this.items.value = this.items.peek().filter((it) => it.id !== id)
      if (conversationId.peek() === id) newConversation()
    })
  }

  private async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      this.problem.value = ""
      await work()
      return true
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error
      this.problem.value = failureText(error)
      return false
    }
  }
}

// How one message is answered: as a stream of what happens, else as JSON, else by reading the conversation again.
import { call, openStream, Unreachable } from "../api.ts"
import { StreamReader } from "../sse.ts"
import type { ChatAnswer, ChatCall, ChatResult, Conversation } from "../types.ts"

export interface Said {
  message: string
  conversation_id?: string
  confirm?: boolean
}

/** What happens while a message is being answered. */
export interface Happening {
  start: (data: { conversation_id: string; run_id: string }) => void
  text: (data: { text: string }) => void
  call: (data: ChatCall) => void
  result: (data: ChatResult) => void
}

/** The server ends a stream before that. */
const LONGEST_MS = 100_000
const POLL_MS = 1000
const MOST_POLLS = 600

/**
 * Sends a message; returns its answer, or null where the answer must be read in the conversation later.
 *
 * A message that is sent again under the same key is said once. It rejects only before the server has taken it.
 */
export async function say(said: Said, key: string, on: Happening): Promise<ChatAnswer | null> {
  const way = { begun: false }
  const streamed = await stream(said, key, on, way)
  if (streamed || way.begun) return streamed
  const { value } = await call<ChatAnswer>("POST", "/chat", { body: said, key })
  on.start(value)
  return ended(value)
}

/** Waits until no message of a conversation is being answered; returns the conversation, or null when that lasts too long. */
export async function settled(id: string, signal: AbortSignal, pauseMs = POLL_MS): Promise<Conversation | null> {
  for (let poll = 0; poll < MOST_POLLS && !signal.aborted; poll++) {
    try {
      const { value } = await call<Conversation>("GET", `/conversations/${id}`, { signal })
      if (!value.run) return value
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
    }
    await new Promise((done) => setTimeout(done, pauseMs))
  }
  return null
}

async function stream(said: Said, key: string, on: Happening, way: { begun: boolean }): Promise<ChatAnswer | null> {
  const late = AbortSignal.timeout(LONGEST_MS)
  const response = await openStream("/chat", { body: said, key, signal: late }).catch((error) => {
    if (error instanceof Unreachable) return null
    throw error
  })
  if (!response?.body) return null
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    const answer: ChatAnswer = await response.json()
    on.start(answer)
    way.begun = true
    return ended(answer)
  }
  try {
    for await (const { event, data } of messages(response.body)) {
      way.begun ||= event === "start"
      if (event === "end") return ended(data as ChatAnswer)
      if (event === "problem") return null
      if (event in on) on[event as keyof Happening](data as never)
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error // it was no piece of a stream that was cut
  }
  return null
}

async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: unknown }> {
  const reader = new StreamReader()
  const pieces = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  try {
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read())
      for (const { kind, event, data } of reader.push(piece.value))
        if (kind === "event") yield { event, data: JSON.parse(data) }
  } finally {
    void pieces.cancel().catch(() => {})
  }
}

/** Returns null for an answer that is still under way. */
function ended(answer: ChatAnswer): ChatAnswer | null {
  return answer.state === "running" ? null : answer
}

// A proxy that holds answers back: the page polls instead, says so, and goes back when the stream gets through again.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { hold } from "../src/stream.ts"
import { listener } from "./support/page.ts"

let server: ReturnType<typeof fakeServer>
let page: ReturnType<typeof listener>
let stop: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  server = fakeServer()
  page = listener()
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)
const open = () => void hold(page, stop.signal, page.nudges)

it("polls after ten seconds in which nothing came, and says so", async () => {
  server.proxy = "holds"
  open()
  await seconds(9)
  expect([server.asked, page.states]).toEqual([["stream"], ["connecting"]])
  await seconds(4)
  expect([server.asked, page.states]).toEqual([
    ["stream", "poll 1", "poll 20"],
    ["connecting", "polling"],
  ])
})

it("misses and repeats nothing at the switch and from poll to poll", async () => {
  server.proxy = "holds"
  open()
  for (let position = 1; position <= 120; position += 1) {
    server.happen(position)
    await seconds(0.37)
  }
  await seconds(2)
  expect(page.heard).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
  expect(page.states).toEqual(["connecting", "polling"])
})

it("hears a change within a second while it polls, and polls no oftener than twice a second", async () => {
  server.proxy = "holds"
  open()
  await seconds(30)
  const before = server.asked.length
  for (let position = 1; position <= 100; position += 1) {
    server.happen(position)
    await seconds(1)
    expect(page.at).toBe(position)
  }
  expect(server.asked.length - before).toBeLessThanOrEqual(200)
})

it("goes back to the stream when the proxy lets it through", async () => {
  server.proxy = "holds"
  open()
  await seconds(60)
  server.proxy = "open"
  await seconds(45)
  expect(server.asked.at(-1)).toBe("stream")
  expect(page.states).toEqual(["connecting", "polling", "live"])
  server.happen(1)
  await seconds(0.1)
  expect(page.heard).toEqual([1])
})

it("asks for no stream while the proxy holds everything back, so that no change waits for one", async () => {
  server.proxy = "holds"
  open()
  await seconds(3600)
  expect(server.asked.filter((it) => it === "stream")).toHaveLength(1)
  expect(server.asked.length).toBeLessThan(200)
})

it("takes a connection that died for no proxy, also when something was missed", async () => {
  open()
  await seconds(50)
  server.freeze()
  server.happen(1)
  await seconds(40)
  expect(server.asked.slice(0, 3)).toEqual(["stream", "poll 1", "poll 1"])
  expect(server.asked.at(-1)).toBe("stream")
  expect([page.heard, page.states]).toEqual([[1], ["connecting", "live", "connecting", "live"]])
})

it("does not go to and fro behind a proxy that passes on beginnings alone", async () => {
  server.proxy = "begins"
  open()
  await seconds(3600)
  expect(page.states.at(-1)).toBe("polling")
  expect(server.asked.filter((it) => it === "stream").length).toBeLessThanOrEqual(15)
})

it("calls a server that is gone offline, and finds it again", async () => {
  server.proxy = "holds"
  open()
  await seconds(30)
  server.proxy = "gone"
  server.freeze()
  await seconds(60)
  expect(page.states.at(-1)).toBe("offline")
  server.proxy = "holds"
  await seconds(30)
  expect(page.states.at(-1)).toBe("polling")
  server.proxy = "gone"
  server.freeze()
  await seconds(60)
  server.proxy = "open"
  await seconds(40)
  expect(page.states.at(-1)).toBe("live")
})

it("stops when the session has ended", async () => {
  server.proxy = "holds"
  open()
  await seconds(30)
  server.status = 401
  await seconds(30)
  const asked = server.asked.length
  await seconds(60)
  expect([page.out, server.asked.length]).toEqual([1, asked])
})

interface Answer {
  after: number
  polls: boolean
  send: (text: string) => void
  end: () => void
}

/**
 * A server of one person's events behind a proxy: `holds` passes an answer on when it has ended, `begins` its first part
 * at once and the rest at its end, `gone` nothing.
 */
function fakeServer() {
  const events: number[] = []
  const answers = new Set<Answer>()
  const made = {
    proxy: "open" as "open" | "holds" | "begins" | "gone",
    status: 200,
    asked: [] as string[],
    happen: (position: number) => {
      events.push(position)
      for (const answer of answers) tell(answer)
    },
    /** Lets every open connection go silent for ever. */
    freeze: () => answers.clear(),
  }
  const tell = (answer: Answer) => {
    const fresh = events.filter((it) => it > answer.after)
    for (const position of fresh)
      answer.send(`id: ${position}\nevent: task.updated\ndata: {"position":${position}}\n\n`)
    answer.after = Math.max(answer.after, ...fresh)
    if (fresh.length > 0 && answer.polls) answer.end()
  }
  vi.stubGlobal("fetch", (url: string, { signal }: { signal: AbortSignal }) => {
    const query = new URL(url, "http://duely").searchParams
    const poll = Number(query.get("poll"))
    made.asked.push(poll ? `poll ${poll}` : "stream")
    if (made.proxy === "gone") return new Promise((_, reject) => signal.addEventListener("abort", reject))
    if (made.status !== 200) return Promise.resolve(new Response("", { status: made.status }))
    const { response, ...sent } = passedOn(made.proxy, signal)
    const answer: Answer = { ...sent, after: Number(query.get("after")), polls: poll > 0 }
    answers.add(answer)
    const beat = setInterval(() => answers.has(answer) && answer.send(":\n\n"), 20_000)
    answer.end = () => {
      answers.delete(answer)
      clearInterval(beat)
      sent.end()
    }
    signal.addEventListener("abort", () => answers.delete(answer) && clearInterval(beat))
    answer.send(`event: hello\ndata: {"position":${answer.after},"server_time":"2026-11-22T09:00:00.000Z"}\n\n`)
    if (poll) setTimeout(() => answers.has(answer) && answer.end(), poll * 1000)
    tell(answer)
    return response
  })
  return made
}

function passedOn(proxy: string, signal: AbortSignal) {
  const held: string[] = []
  let respond: (response: Response) => void = () => {}
  const response = new Promise<Response>((resolve, reject) => {
    respond = resolve
    signal.addEventListener("abort", reject)
  })
  let browser: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      browser = controller
      signal.addEventListener("abort", () => controller.error(new Error("aborted")), { once: true })
    },
  })
  const pass = (text: string) => !signal.aborted && browser?.enqueue(new TextEncoder().encode(text))
  let parts = 0
  if (proxy !== "holds") respond(new Response(body))
  return {
    response,
    send: (text: string) => {
      parts += 1
      if (proxy === "open" || (proxy === "begins" && parts === 1)) pass(text)
      else held.push(text)
    },
    end: () => {
      if (signal.aborted) return
      if (proxy === "holds") respond(new Response(body))
      pass(held.join(""))
      browser?.close()
    },
  }
}

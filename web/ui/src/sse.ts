// A parser of text/event-stream as it arrives, comments included: they are the heartbeat.

export interface Message {
  kind: "event" | "comment" | "retry"
  id: string
  event: string
  data: string
}

export class StreamReader {
  private rest = ""
  private id = ""
  private event = ""
  private data: string[] = []

  /** Takes the next piece of text, cut anywhere; returns the messages that are complete. */
  push(text: string): Message[] {
    const lines = (this.rest + text).split("\n")
    this.rest = lines.pop() ?? ""
    return lines.map((line) => this.line(line.replace(/\r$/, ""))).filter((it) => it !== undefined)
  }

  private line(line: string): Message | undefined {
    if (line === "") return this.dispatch()
    const colon = line.indexOf(":")
    if (colon === 0) return this.message("comment", line.slice(1).trim())
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "")
    if (name === "data") this.data.push(value)
    else if (name === "event") this.event = value
    else if (name === "id") this.id = value
    else if (name === "retry") return this.message("retry", value)
    return undefined
  }

  private dispatch(): Message | undefined {
    const message = this.data.length > 0 ? this.message("event", this.data.join("\n")) : undefined
    this.event = ""
    this.data = []
    return message
  }

  private message(kind: Message["kind"], data: string): Message {
    return { kind, id: this.id, event: this.event || "message", data }
  }
}

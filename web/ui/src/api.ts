// The only way to /api/v1: sends a key with every write, retries once with the same key, keeps refusals and outages apart.
import { behind, causeOf, EVENTUAL, fallBehind } from "./behind.ts"
import { newId } from "./ids.ts"
import type { Problem } from "./types.ts"

/** A refusal of the server, with its reason. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title)
  }
}

/** Whether the reader may store no more. */
export function isFull(error: unknown): error is Refused {
  return error instanceof Refused && error.problem.code === "quota_reached"
}

/** There was no usable answer: no network, a time-out, or a server that is down or behind. */
export class Unreachable extends Error {}

/** Returns in words why something failed; of a refusal, each of its faults. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return "Something went wrong."
  const faults = error instanceof Refused ? (error.problem.errors ?? []) : []
  return faults.length > 0 ? faults.map((it) => it.detail).join(" ") : error.message
}

export interface Call {
  query?: Record<string, Query>
  body?: unknown
  /** A write that is sent again with the same key happens once. */
  key?: string
  ifMatch?: number | undefined
  /** Ends the wait for an answer that nobody wants any more. */
  signal?: AbortSignal
}

type Query = string | number | boolean | null | undefined | readonly string[]

export interface Answer<T> {
  value: T
  /** The position at which the live stream must start to miss nothing after this answer. */
  position: number | null
  /** Stands in the activity as the correlation id of everything that the request changed. */
  requestId: string
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE"

const BASE = "/api/v1"
const PROBE = `${BASE}/me`
const PATIENCE_MS = 12_000
const RETRY_AFTER_MS = 400
/** How long calls carry the token of the last write; writes too, because a day may depend on a zone just changed. */
const TOKEN_LIFE_MS = 10_000

const NOTHING_SEEN = { token: "", until: 0 }

let consistency = NOTHING_SEEN
let onSignedOut = () => {}
let onFull = (_words: string) => {}

export function whenSignedOut(then: () => void): void {
  onSignedOut = then
}

export function whenFull(then: (words: string) => void): void {
  onFull = then
}

export async function call<T>(method: Method, path: string, options: Call = {}): Promise<Answer<T>> {
  const url = BASE + path + queryText(options.query)
  let request = requestOf(method, options)
  let response = await attempt(url, request, options.signal)
  const cause = method === "GET" ? await causeOf(response) : null
  if (cause) {
    fallBehind(cause, () => attempt(PROBE, { credentials: "same-origin" }))
    request = requestOf(method, options)
    response = await attempt(url, request)
  }
  if (!options.signal?.aborted && (!response || isOutage(response.status))) {
    await pause(retryDelay(response))
    response = await attempt(url, request, options.signal)
  }
  if (!response) throw new Unreachable("The server cannot be reached.")
  return read<T>(response, method, path)
}

/** Asks for a stream; returns the response as it begins, be it a stream or not. Whoever asks ends it by `signal`. */
export async function openStream(path: string, options: Call & { signal: AbortSignal }): Promise<Response> {
  const request = requestOf("POST", options)
  const headers = { ...request.headers, Accept: "text/event-stream, application/json" }
  const response = await fetch(BASE + path, { ...request, headers, signal: options.signal }).catch(() => undefined)
  if (!response) throw new Unreachable("The server cannot be reached.")
  return response.ok ? response : (await read<Response>(response, "POST", path)).value
}

export async function get<T>(path: string, query?: Call["query"]): Promise<T> {
  return (await call<T>("GET", path, query ? { query } : {})).value
}

function requestOf(method: Method, { body, key, ifMatch }: Call): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" }
  if (body !== undefined) headers["Content-Type"] = "application/json"
  if (method !== "GET") headers["Idempotency-Key"] = key ?? newId()
  if (method === "GET" && behind.peek()) headers["Duely-Consistency"] = EVENTUAL
  else if (Date.now() < consistency.until) headers["Duely-Consistency"] = consistency.token
  if (ifMatch !== undefined) headers["If-Match"] = `"${ifMatch}"`
  return { method, headers, credentials: "same-origin", ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
}

async function attempt(url: string, request: RequestInit, unwanted?: AbortSignal): Promise<Response | undefined> {
  const late = AbortSignal.timeout(PATIENCE_MS)
  try {
    return await fetch(url, { ...request, signal: unwanted ? AbortSignal.any([late, unwanted]) : late })
  } catch {
    return undefined
  }
}

async function read<T>(response: Response, method: Method, path: string): Promise<Answer<T>> {
  if (response.ok) {
    if (path.startsWith("/auth/")) consistency = NOTHING_SEEN // the reader may be somebody else now
    const token = response.headers.get("Duely-Consistency")
    if (token && method !== "GET") consistency = { token, until: Date.now() + TOKEN_LIFE_MS }
    const position = response.headers.get("Duely-Position")
    const value = response.status === 204 ? undefined : await response.json()
    const requestId = response.headers.get("X-Request-Id") ?? ""
    return { value: value as T, position: position === null ? null : Number(position), requestId }
  }
  if (response.status === 401 && !path.startsWith("/auth/")) onSignedOut()
  if (response.status >= 500) throw new Unreachable(await outageText(response))
  const refused = new Refused(await problemOf(response))
  if (isFull(refused)) onFull(refused.message)
  throw refused
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    status: response.status,
    code: "unknown",
    title: response.statusText,
    detail: `The server refused this (${response.status}).`,
  }
  const body: unknown = await response.json().catch(() => ({}))
  return { ...fallback, ...(body as Partial<Problem>) }
}

async function outageText(response: Response): Promise<string> {
  const { detail } = await problemOf(response)
  return response.status === 503 ? detail : "The server had a fault."
}

function isOutage(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

function retryDelay(response: Response | undefined): number {
  const seconds = Number(response?.headers.get("Retry-After") ?? Number.NaN)
  return Number.isNaN(seconds) ? RETRY_AFTER_MS : Math.min(seconds * 1000, 2000)
}

function queryText(query: Call["query"]): string {
  const text = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === false || value === "") continue
    for (const one of Array.isArray(value) ? value : [value]) text.append(name, String(one))
  }
  return text.size > 0 ? `?${text}` : ""
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds))
}

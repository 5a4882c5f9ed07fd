// The start of the page and its end: find out who is signed in, load the lists, open the live stream, sign out.
import { computed, effect, signal } from "@preact/signals"
import { Refused, Unreachable, whenSignedOut } from "../api.ts"
import { sendKeptLines } from "./adding.ts"
import { dropDraft } from "./beside.ts"
import { clearEdits } from "./edits.ts"
import { dropLinesOf } from "./kept-lines.ts"
import { clearLists } from "./lists.ts"
import { startLive, stopLive } from "./live.ts"
import { notifications, unread } from "./notifications.ts"
import { watchQuota } from "./quota.ts"
import { clearSeries } from "./series.ts"
import { askWho, endedBy, me, signOut } from "./session.ts"
import { clearTasks } from "./tasks.ts"
import { dismissWhere, show } from "./toasts.ts"
import { clearUndo } from "./undo.ts"

/** Why the server could not say who is signed in, or give the first list. */
export const bootFailure = signal<string | null>(null)

const RETRY_MS = 4000
const myId = computed(() => me.value?.id)
let leaving = false

export function boot(): () => void {
  whenSignedOut(onSignedOut)
  watchQuota()
  void begin()
  const stopSending = sendKeptLines()
  // Each change of person starts from nothing, so that nobody sees what belongs to somebody else.
  const stop = effect(() => {
    if (myId.value) void goLive(myId.value)
  })
  return () => {
    stop()
    stopSending()
  }
}

export async function leaveDuely(): Promise<void> {
  try {
    leaving = true
    await signOut()
    dropLinesOf(me.peek()?.id ?? "")
    dropDraft()
    reset(true)
    endedBy.value = null
    me.value = null
  } catch (error) {
    show({ kind: "problem", text: "You are still signed in", detail: error instanceof Error ? error.message : "" })
  } finally {
    leaving = false
  }
}

async function begin(): Promise<void> {
  try {
    await askWho()
    bootFailure.value = null
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    bootFailure.value = error.message
    setTimeout(() => void begin(), RETRY_MS)
  }
}

async function goLive(id: string): Promise<void> {
  try {
    await startLive(id, onSignedOut)
    bootFailure.value = null
  } catch (error) {
    if (error instanceof Refused) return
    if (!(error instanceof Unreachable)) throw error
    bootFailure.value = error.message
    if (me.peek()?.id === id) setTimeout(() => void goLive(id), RETRY_MS)
  }
}

/** Handles a session that ended: it expired, or another window signed out. */
function onSignedOut(): void {
  if (leaving || !me.peek()) return
  reset(false)
  endedBy.value = "expiry"
  me.value = null
}

function reset(isSignOut: boolean): void {
  stopLive(isSignOut)
  clearTasks()
  clearLists()
  clearSeries()
  clearUndo()
  clearEdits()
  notifications.value = []
  unread.value = 0
  dismissWhere(() => true)
}

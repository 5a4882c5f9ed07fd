// The page of one series: its sentence, its template, its actions and its occurrences.
import { useEffect, useMemo } from "preact/hooks"
import { Icon } from "../components/Icon.tsx"
import { OccurrenceRow } from "../components/OccurrenceRow.tsx"
import { Flag } from "../components/priority.tsx"
import { SeriesStatus } from "../components/SeriesStatus.tsx"
import { askDelete, askStop, editSeries } from "../components/series-dialogs.ts"
import { count, slotLabel } from "../format.ts"
import { offsetLabel } from "../offsets.ts"
import { serverNow } from "../store/clock.ts"
import { Occurrences, openOccurrences } from "../store/occurrences.ts"
import { openTask } from "../store/opening.ts"
import { viewLink } from "../store/route.ts"
import { isOver } from "../store/scope.ts"
import { fetchSeries, isSeriesGone, seriesOf } from "../store/series.ts"
import { keptName, loadTasks, pauseSeries, resumeSeries } from "../store/series-changes.ts"
import { zone } from "../store/session.ts"
import { tasks } from "../store/tasks.ts"
import { dateAt } from "../time.ts"
import type { Series, Task } from "../types.ts"

export function SeriesPage({ id }: { id: string }) {
  useEffect(() => void fetchSeries(id), [id])
  const series = seriesOf(id)
  return (
    <article class="series-page" aria-busy={!series}>
      <a class="back-link" href={viewLink("series")}>
        <Icon name="back" size={15} /> All that repeats
      </a>
      {isSeriesGone(id) ? <Gone /> : series ? <Whole series={series} /> : null}
    </article>
  )
}

function Gone() {
  return (
    <div class="empty">
      <h2>This series is deleted</h2>
      <p>Tasks of it that were kept stand in the lists.</p>
    </div>
  )
}

function Whole({ series }: { series: Series }) {
  const { title, sentence, status, description } = series
  return (
    <>
      <header class="series-head">
        <h2>{title}</h2>
        <SeriesStatus status={status} />
      </header>
      <p class="series-sentence">{sentence}</p>
      {description && <p class="series-notes">{description}</p>}
      <Facts series={series} />
      <Actions series={series} />
      <Kept {...series} />
      <OccurrenceList series={series} />
    </>
  )
}

function Facts({ series }: { series: Series }) {
  const { priority, tags, checklist, reminders, pile_up, look_ahead_days, next } = series
  return (
    <ul class="task-meta series-facts" aria-label="Each of them">
      {next && series.status === "active" && <li class="meta">Next: {slotLabel(next)}</li>}
      {placeOf(series) && <li class="meta">{placeOf(series)}</li>}
      {priority !== "none" && (
        <li>
          <Flag priority={priority} />
        </li>
      )}
      {tags.map((tag) => (
        <li class="meta" key={tag}>
          #{tag}
        </li>
      ))}
      {reminders && (
        <li class="meta">
          <Icon name="notifications" size={14} />
          {reminders.length === 0
            ? "No reminder"
            : reminders.map((it) => offsetLabel(it, "date" in series.start)).join(", ")}
        </li>
      )}
      {checklist.length > 0 && (
        <li class="meta">
          <Icon name="checklist" size={14} />
          {count(checklist.length, "step")}
        </li>
      )}
      {pile_up === "newest" && <li class="meta">Only the newest stays open</li>}
      {look_ahead_days > 0 && <li class="meta">Made {count(look_ahead_days, "day")} ahead</li>}
    </ul>
  )
}

/** Returns where the times of a series count; "" where the reader's days do, too. */
function placeOf({ start }: Series): string {
  if (!("zone" in start) || start.zone === zone.value) return ""
  return start.zone === null ? "Wherever you are" : `In ${start.zone.replaceAll("_", " ")}`
}

const MOST_LOADED = 20

/** Says which tasks stay as single ones, because somebody has written into them and the series has no slot for them. */
function Kept({ kept }: Series) {
  useEffect(() => void loadTasks(kept.slice(0, MOST_LOADED)), [kept])
  if (kept.length === 0) return null
  return (
    <section aria-labelledby="kept" class="kept">
      <h3 class="section-heading" id="kept">
        Single tasks
      </h3>
      <p class="hint">
        {kept.length === 1 ? "One task was" : `${kept.length} tasks were`} written into and stay
        {kept.length === 1 ? "s" : ""} open, though the series does not ask for {kept.length === 1 ? "it" : "them"} now.
      </p>
      <ul class="kept-tasks">
        {kept.map((id) => (
          <li key={id}>
            <button type="button" class="button quiet small" onClick={() => openTask(id)}>
              {keptLabel(tasks.value.get(id))}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function keptLabel(task: Task | undefined): string {
  return task ? keptName(task) : "Open the task"
}

function Actions({ series }: { series: Series }) {
  const over = isOver(series)
  const paused = series.status === "paused"
  return (
    <div class="series-actions">
      {/* An ended one goes on with a later end. */}
      {(!over || series.status === "ended") && (
        <button type="button" class="button small" onClick={() => editSeries(series)}>
          Edit all…
        </button>
      )}
      {!over && (
        <>
          <button
            type="button"
            class="button small"
            onClick={() => void (paused ? resumeSeries(series) : pauseSeries(series))}
          >
            {paused ? "Resume" : "Pause"}
          </button>
          <button type="button" class="button small" onClick={() => void askStop(series)}>
            Stop…
          </button>
        </>
      )}
      <button type="button" class="button small danger" onClick={() => void askDelete(series)}>
        Delete…
      </button>
    </div>
  )
}

function OccurrenceList({ series }: { series: Series }) {
  const { id } = series
  const list = useMemo(() => new Occurrences(id, dateAt(serverNow(), zone.peek())), [id])
  useEffect(() => {
    openOccurrences.add(list)
    void list.load()
    return () => list.close()
  }, [list])
  const items = list.items.value
  const state = list.state.value
  return (
    <section aria-labelledby="occurrences">
      <h3 class="section-heading" id="occurrences">
        Occurrences
      </h3>
      {items.length === 0 && state === "ready" && <p class="hint found">None in these days.</p>}
      <ol class="occurrences" aria-labelledby="occurrences" data-testid="occurrences">
        {items.map((it) => (
          <OccurrenceRow key={`${it.generation}/${it.slot}`} series={series} occurrence={it} />
        ))}
      </ol>
      <div class="foot">
        {state === "failed" && <p role="alert">The occurrences could not be read from the server.</p>}
        {state === "failed" ? (
          <button type="button" class="button" onClick={() => void list.load()}>
            Try again
          </button>
        ) : (
          series.status === "active" &&
          list.canShowMore && (
            <button type="button" class="button" disabled={state === "loading"} onClick={() => void list.more()}>
              Show later ones
            </button>
          )
        )}
      </div>
    </section>
  )
}

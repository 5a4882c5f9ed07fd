// The series view: every series with its sentence, its next slot and its status; or the page of one.
import { useEffect } from "preact/hooks"
import { Icon } from "../components/Icon.tsx"
import { SeriesStatus } from "../components/SeriesStatus.tsx"
import { slotLabel } from "../format.ts"
import { route, viewLink } from "../store/route.ts"
import { isOver } from "../store/scope.ts"
import { loadSeries, seriesList, seriesNext, seriesState } from "../store/series.ts"
import type { Series } from "../types.ts"
import { SeriesPage } from "./SeriesPage.tsx"

export function SeriesView() {
  const { seriesId } = route.value
  return seriesId ? <SeriesPage key={seriesId} id={seriesId} /> : <List />
}

function List() {
  useEffect(() => {
    if (seriesState.peek() !== "ready") void loadSeries()
  }, [])
  const list = seriesList.value
  const [going, over] = [list.filter((it) => !isOver(it)), list.filter(isOver)]
  if (list.length === 0 && seriesState.value === "ready") return <Nothing />
  return (
    <>
      {going.length > 0 && <Part heading="Going on" list={going} />}
      {over.length > 0 && <Part heading="Over" list={over} />}
      <Foot />
    </>
  )
}

function Part({ heading, list }: { heading: string; list: Series[] }) {
  return (
    <section aria-label={heading}>
      <h2 class="section-heading">
        {heading}
        <span class="section-count">{list.length}</span>
      </h2>
      <ul class="series-list" data-testid="series-list">
        {list.map((it) => (
          <Row key={it.id} series={it} />
        ))}
      </ul>
    </section>
  )
}

function Row({ series }: { series: Series }) {
  const { id, title, sentence, status, next } = series
  return (
    <li class={`series-row is-${status}`} data-series={id}>
      <span class="log-icon">
        <Icon name={status === "paused" ? "pause" : "repeat"} size={15} />
      </span>
      <div class="series-text">
        <a class="series-title" href={viewLink("series", { seriesId: id })}>
          {title}
        </a>
        <p>{sentence}</p>
      </div>
      <div class="series-state">
        {status === "active" ? (
          next && <span class="series-next">{slotLabel(next)}</span>
        ) : (
          <SeriesStatus status={status} />
        )}
      </div>
    </li>
  )
}

function Nothing() {
  return (
    <div class="empty">
      <h2>Nothing repeats yet</h2>
      <p>Write “every monday 9:00” when you add a task, or choose “Repeat” below it.</p>
    </div>
  )
}

function Foot() {
  const state = seriesState.value
  if (state === "failed")
    return (
      <div class="foot" role="alert">
        <p>The series could not be read from the server.</p>
        <button type="button" class="button" onClick={() => void loadSeries()}>
          Try again
        </button>
      </div>
    )
  const next = seriesNext.value
  if (!next) return null
  return (
    <div class="foot">
      <button type="button" class="button" disabled={state === "loading"} onClick={() => void loadSeries(next)}>
        Show more
      </button>
    </div>
  )
}

"""The table `rate_counts`: requests per key in a window of time, added up over all replicas by the database's clock."""

from host.store.engine import Raw


async def add(
    connection: Raw, key: str, count: int, *, window_seconds: float, left_seconds: float
) -> tuple[int, float]:
    """Adds to the key's window; returns the sum over all replicas and the seconds until the window ends.

    Where there is no window, one begins that lasts `left_seconds`: the caller has counted for a while already.
    """
    row = await connection.fetchrow(
        """INSERT INTO rate_counts AS r (key, count, ends_at)
           VALUES ($1, $2, clock_timestamp() + make_interval(secs => $4))
           ON CONFLICT (key) DO UPDATE SET
             count = excluded.count + CASE WHEN r.ends_at > clock_timestamp() THEN r.count ELSE 0 END,
             ends_at = CASE WHEN r.ends_at > clock_timestamp()
               -- a clock that was put back shuts nobody out for longer than a window
               THEN least(r.ends_at, clock_timestamp() + make_interval(secs => $3)) ELSE excluded.ends_at END
           RETURNING count, extract(epoch FROM ends_at - clock_timestamp())::float8""",
        key,
        count,
        float(window_seconds),
        float(left_seconds),
    )
    return row[0], row[1]


async def forget(connection: Raw, key: str) -> None:
    await connection.execute("DELETE FROM rate_counts WHERE key = $1", key)

"""What a listener itself refuses, before any app sees it, as a problem and as the bytes of its answer."""

from http import HTTPStatus
from typing import Final

import orjson

from web.api.edge.answers import JSON_PROBLEM
from web.problems import ProblemError

LONGEST_HEAD: Final = 64 * 1024  # bytes of request line and headers; of what stands between parts of a body, too
LONGEST_PATH: Final = 4 * 1024  # bytes before the query; ten times the longest that is anything here
MOST_HEADERS: Final = 100  # with the trailers
FREE_PIECES: Final = 200  # in which a body may come, however small; each costs as much as a kilobyte
PIECE_BYTES: Final = 128  # of body for each piece more

MALFORMED: Final = ProblemError(400, "malformed_request", "Send a request of HTTP/1.1.")
NO_HOST: Final = ProblemError(400, "bad_host", "Send one header Host, with the name of this server.")
LONG_URL: Final = ProblemError(414, "url_too_long", "Send at most 64 KB of address and headers together.")
LONG_PATH: Final = ProblemError(414, "url_too_long", "Send at most 4 KB of address before the query.")
MANY_PIECES: Final = ProblemError(413, "too_many_pieces", "Send the body in larger pieces.")
LONG_HEAD: Final = ProblemError(431, "headers_too_large", "Send at most 64 KB of address and headers together.")
MANY_HEADERS: Final = ProblemError(431, "too_many_headers", f"Send at most {MOST_HEADERS} headers.")
MANY_WAITING: Final = ProblemError(429, "too_many_waiting", "Wait for an answer before you ask for more.")
TOO_SLOW: Final = ProblemError(408, "too_slow", "Send the whole request at once; this one took too long.")
_CROWDED: Final = {"Retry-After": "5"}
NO_PLACE: Final = {
    "too many of this address": ProblemError(
        429, "too_many_connections", "Close some of your connections first.", headers=_CROWDED
    ),
    "too many": ProblemError(503, "too_many_connections", "Duely has no place left; try again soon.", headers=_CROWDED),
}


def written(problem: ProblemError) -> bytes:
    """Returns the whole answer, after which the connection ends."""
    body = orjson.dumps(problem.as_json())
    headers = {
        "Content-Type": JSON_PROBLEM,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **problem.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n{lines}\r\n".encode() + body

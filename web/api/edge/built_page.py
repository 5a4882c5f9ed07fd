"""The built page, served from memory: browsers keep hashed files for ever and ask for everything else each time."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.problems import ProblemError

DIST: Final = Path(__file__).resolve().parents[2] / "ui" / "dist"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASKED_EACH_TIME: Final = "no-cache"
_PACKED: Final = frozenset({".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".map", ".txt"})


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page: `packed` is its gzip form, if it has one, and `cache` its Cache-Control."""

    content: bytes
    packed: bytes | None
    media_type: str
    etag: str
    cache: str


class BuiltPage:
    """The files of the page by path. Nothing outside the folder can be read, because nothing is looked up on disk."""

    def __init__(self, folder: Path = DIST) -> None:
        self._files = {f"/{path.relative_to(folder).as_posix()}": _read(path) for path in _within(folder)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers where no route matches."""
        if scope["type"] == "http":
            await self.answer(Request(scope))(scope, receive, send)

    def answer(self, request: Request) -> Response:
        """Returns the file of that path; raises the 404 for any other, because the page keeps its views behind the `#`."""
        path: str = request.scope["path"]
        file = self._files.get("/index.html" if path == "/" else path)
        if file is None or request.method not in {"GET", "HEAD"}:
            raise ProblemError(404, "not_found", "There is nothing at this address.")
        headers = {"ETag": file.etag, "Cache-Control": file.cache, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == file.etag:
            return Response(status_code=304, headers=headers)
        content = file.content
        if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content = file.packed
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers=headers, media_type=file.media_type)


def _within(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()] if folder.is_dir() else []


def _read(path: Path) -> File:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if path.suffix in _PACKED else None
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    cache = _FOR_EVER if path.parent.name == "assets" else _ASKED_EACH_TIME
    return File(content, packed, media_type, f'"{hashlib.sha256(content).hexdigest()[:16]}"', cache)

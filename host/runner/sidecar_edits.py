"""The edits of the sidecar's build (components/sidecar/edits.toml): lines added to copies of single files of modules.

`go build -overlay` reads the copies in place of the files. It allows that for no file in Go's module cache, so a link to
the module's folder there takes the module's place. Nothing in the cache is changed, and nothing of the originals is kept
in this checkout.
"""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host.console import OperatorError

FILE = "edits.toml"


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines to add after a line of a module's file, whose content has this SHA-256."""

    module: str
    file: str
    sha256: str
    after_line: int
    lines: str

    @property
    def package(self) -> str:
        """The package that the file belongs to."""
        return f"{self.module}/{Path(self.file).parent}"


def edits_of(source: Path) -> list[Edit]:
    """Returns the edits that the sidecar's sources name; none where they name none."""
    file = source / FILE
    return [Edit(**edit) for edit in tomllib.loads(file.read_text())["edit"]] if file.is_file() else []


def flags(edits: list[Edit], folders: Mapping[str, Path], source: Path, scratch: Path) -> tuple[str, ...]:
    """Returns the flags for `go build`; what they name is written below `scratch`.

    `folders` has the folder of each edited module. Raises OperatorError when a file is not the one that an edit is for.
    """
    links = {module: scratch / f"module-{number}" for number, module in enumerate(folders)}
    for module, link in links.items():
        link.symlink_to(folders[module])
    modules = scratch / "go.mod"
    replaced = (f"replace {module} => {json.dumps(str(link))}\n" for module, link in links.items())
    modules.write_text((source / "go.mod").read_text() + "".join(replaced))
    shutil.copyfile(source / "go.sum", scratch / "go.sum")
    return (f"-modfile={modules}", f"-overlay={_overlay(edits, links, scratch)}")


def _overlay(edits: list[Edit], links: Mapping[str, Path], scratch: Path) -> Path:
    replaced: dict[str, str] = {}
    for number, edit in enumerate(edits):
        original, changed = links[edit.module] / edit.file, scratch / f"edited-{number}.go"
        changed.write_text(_changed(original, edit))
        replaced[str(original)] = str(changed)
    overlay = scratch / "overlay.json"
    overlay.write_text(json.dumps({"Replace": replaced}))
    return overlay


def _changed(original: Path, edit: Edit) -> str:
    content = original.read_bytes()
    if hashlib.sha256(content).hexdigest() != edit.sha256:
        raise OperatorError(
            f"{original.resolve()} is not the file that {FILE} has an edit for, so the sidecar was not built. Where that "
            "file was changed by hand, `go clean -modcache` fetches it again."
        )
    lines = content.decode().splitlines(keepends=True)
    lines.insert(edit.after_line, edit.lines)
    return "".join(lines)

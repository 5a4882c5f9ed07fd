#!/bin/sh
# Makes .venv from requirements.lock; with the argument `lock` it writes the lock files. `make` calls it when needed.
set -eu
cd "$(dirname "$0")"

works() { "$@" >/dev/null 2>&1; }
die() { printf '%s\n' "$*" >&2; exit 1; }
# Prints the lines of tools.lock for one package with its hashes.
pinned() { awk -v name="$1==" '/^[^ #]/ { on = index($0, name) == 1 } on' tools.lock; }

python=
for name in python3.13 python3.12 python3.11 python3 python3.14; do
  if works "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python=$(command -v "$name"); break; fi
done

uv=
for name in uv .tools/uv/bin/uv; do
  if works "$name" --version; then uv=$name; break; fi
done
[ -n "$python$uv" ] || die "Duely needs Python 3.11 or newer: install it (Debian: apt install python3 python3-venv) and start again."

if [ "${1:-}" = lock ]; then
  [ -n "$uv" ] || die "Writing the locks needs uv."
  compile() { "$uv" pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet "$@"; }
  compile --group dev pyproject.toml -o requirements.lock
  compile --no-annotate --python-version 3.11 tools.in -o tools.lock
  exit
fi

echo "Installing Duely's Python packages into .venv: about a minute the first time"
if ! works .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  rm -rf .venv
  if [ -n "$uv" ]; then "$uv" venv --quiet --python "${python:-3.11}" .venv
  else "$python" -m venv .venv || die "Python has no venv module: install it (Debian: apt install python3-venv) and start again."
  fi
fi
if [ -z "$uv" ]; then
  list=$(mktemp) && pinned uv >"$list"
  if works .venv/bin/python -m pip install --quiet --target .tools/uv --require-hashes -r "$list"; then uv=.tools/uv/bin/uv; fi
  rm -f "$list"
fi
if [ -n "$uv" ]; then install="$uv pip install --quiet --python .venv/bin/python"
else install=".venv/bin/python -m pip install --quiet --disable-pip-version-check"
fi
$install --require-hashes -r requirements.lock || die "The Python packages could not be installed: is there a network?"
$install --no-deps --no-build-isolation -e .
# uv does not compile: where the first import may not write, every start would compile for two seconds.
works .venv/bin/python -m compileall -q -j 0 .venv/lib actors host web || true
touch .venv/.ready

"""`python -m web.api.openapi` rewrites openapi.json from the code."""

from web.api.app import describe
from web.api.openapi.document import written
from web.api.openapi.routes import SNAPSHOT

if __name__ == "__main__":
    SNAPSHOT.write_bytes(written(describe()))

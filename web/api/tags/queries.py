"""What `GET /tags` takes."""

from typing import Annotated

from pydantic import StringConstraints

from actors.fields import STORABLE

Prefix = Annotated[str, StringConstraints(max_length=30), STORABLE]

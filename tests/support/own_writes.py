"""Reads of own writes, by a script that sends no consistency token."""

from tests.support.client import Caller


async def read_back(writer: Caller, reader: Caller, count: int) -> list[str]:
    """Creates tasks and reads each at once; returns a line for each that was not there, or differed."""
    missed: list[str] = []
    for number in range(count):
        made = await writer.http.post("/tasks", json={"title": f"Task {number}"})
        assert made.status_code == 201, made.text
        url = f"/tasks/{made.json()['id']}"
        read = await reader.http.get(url)
        if read.status_code != 200 or read.json() != made.json():
            missed.append(f"{number}: {read.status_code} {read.text[:200]}")
    return missed

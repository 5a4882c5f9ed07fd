"""Checking passwords in threads, one a core, so that logins queue up instead of starving everything else."""

import asyncio
import os

from host.passwords import HASHER, is_common, matches
from web.problems import Fault, ProblemError


class Passwords:
    """Each check costs about 33 ms of one core."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(os.cpu_count() or 1)
        self._nobody = HASHER.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(HASHER.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. Without a stored hash it takes as long and is False."""
        async with self._slots:
            right = await asyncio.to_thread(matches, stored or self._nobody, password)
        return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return HASHER.check_needs_rehash(stored)


def refuse_common(password: str, email: str, pointer: str = "/password") -> None:
    """Raise the 422 for a password that everyone tries first."""
    if is_common(password, email):
        detail = "Choose another password: this one is among the first that anyone would try."
        raise ProblemError(422, "password_too_common", detail, faults=[Fault(pointer, "too_common", detail)])

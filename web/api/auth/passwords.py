"""Passwords: hashed and verified in threads, one for each core, so that logins queue instead of starving the rest."""

import asyncio
import os

from host.passwords import HASHER, is_common, matches
from web.problems import Fault, ProblemError


class Passwords:
    """Hashes and verifies passwords; each costs about 33 ms of one core."""

    def __init__(self) -> None:
        self._semaphore = asyncio.Semaphore(os.cpu_count() or 1)
        self._nobody = HASHER.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Returns the argon2id hash of a password, with its parameters."""
        async with self._semaphore:
            return await asyncio.to_thread(HASHER.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Returns whether the password has that hash; without a hash it takes as long and returns False."""
        async with self._semaphore:
            right = await asyncio.to_thread(matches, stored or self._nobody, password)
        return right and stored is not None


def outdated(stored: str) -> bool:
    """Returns whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def refuse_common(password: str, email: str, pointer: str = "/password") -> None:
    """Raises the 422 for a password that anyone would try first."""
    if is_common(password, email):
        detail = "Choose another password: this one is among the first that anyone would try."
        raise ProblemError(422, "password_too_common", detail, faults=[Fault(pointer, "too_common", detail)])

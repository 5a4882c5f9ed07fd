"""Passwords: argon2id in threads, one a core, so that logins queue up instead of starving everything else."""

import asyncio
import os
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.problems import Fault, ProblemError

# What people type first. Whole words only: a long phrase that contains one of these is fine.
_COMMON: Final = frozenset(
    [
        "password",
        "passw0rd",
        "password1",
        "password12",
        "password123",
        "password1234",
        "p@ssword",
        "p@ssw0rd",
        "12345678",
        "123456789",
        "1234567890",
        "11111111",
        "00000000",
        "87654321",
        "88888888",
        "12341234",
        "qwertyui",
        "qwertyuiop",
        "qwerty12",
        "qwerty123",
        "qwerty1234",
        "1q2w3e4r",
        "1qaz2wsx",
        "1q2w3e4r5t",
        "q1w2e3r4",
        "asdfghjk",
        "asdfghjkl",
        "zxcvbnm1",
        "abcd1234",
        "abc12345",
        "abcdefgh",
        "abcdefg1",
        "aa123456",
        "a1234567",
        "iloveyou",
        "iloveyou1",
        "sunshine",
        "sunshine1",
        "princess",
        "princess1",
        "football",
        "football1",
        "baseball",
        "baseball1",
        "superman",
        "superman1",
        "batman123",
        "welcome1",
        "welcome123",
        "letmein1",
        "letmein123",
        "trustno1",
        "starwars",
        "computer",
        "whatever",
        "internet",
        "michelle",
        "jennifer",
        "jordan23",
        "corvette",
        "mercedes",
        "maverick",
        "steelers",
        "chocolate",
        "butterfly",
        "dragon123",
        "monkey123",
        "master123",
        "shadow123",
        "admin123",
        "admin1234",
        "administrator",
        "changeme",
        "changeme1",
        "changeit",
        "default1",
        "secret123",
        "test1234",
        "testtest",
        "testing1",
        "login123",
        "guest123",
        "user1234",
        "summer2024",
        "summer2025",
        "summer2026",
        "winter2024",
        "winter2025",
        "winter2026",
        "spring2026",
        "autumn2026",
        "hello123",
        "helloworld",
        "qazwsxedc",
        "liverpool1",
        "arsenal1",
        "chelsea1",
        "barcelona",
        "realmadrid",
        "pokemon1",
        "minecraft",
        "samsung1",
        "google123",
        "facebook",
        "87654321a",
        "123456789a",
        "12345678a",
        "asdf1234",
        "zaq12wsx",
        "1234qwer",
        "qwer1234",
        "passport",
        "freedom1",
        "charlie1",
        "michael1",
        "jessica1",
    ]
)


class Passwords:
    """19 MiB, two passes, one lane: about 33 ms of one core a check."""

    def __init__(self, cores: int | None = None) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._slots = asyncio.Semaphore(cores or os.cpu_count() or 1)
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. Without a stored hash it takes as long and is False."""
        async with self._slots:
            matches = await asyncio.to_thread(self._matches, stored or self._nobody, password)
        return matches and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def refuse_common(password: str, email: str, pointer: str = "/password") -> None:
    """Raise the 422 for a password that everyone tries first."""
    folded = password.casefold()
    names = {email, email.partition("@")[0]}
    if folded in _COMMON or folded in names or len(set(folded)) == 1:
        detail = "Choose another password: this one is among the first that anyone would try."
        raise ProblemError(422, "password_too_common", detail, faults=[Fault(pointer, "too_common", detail)])

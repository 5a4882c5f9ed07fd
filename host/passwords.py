"""Passwords: how long they must be, which are too common, and how they are hashed; for the API and `duely user`."""

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 8
LONGEST: Final = 256

# argon2id with 19 MiB, two passes, one lane: a check takes about 33 ms of one core.
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# The most common ones. Only a whole match counts: a long phrase that contains one of these is fine.
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


def prepared(password: str) -> str:
    """Returns the password as RFC 8265 (OpaqueString) compares it: any space is U+0020, and the text is in NFC."""
    spaces = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in password)
    return unicodedata.normalize("NFC", spaces)


def is_common(password: str, email: str) -> bool:
    """Whether the password is easily guessed: a common one, one repeated character, or the user's own address."""
    folded = password.casefold()
    return folded in _COMMON or folded in {email, email.partition("@")[0]} or len(set(folded)) == 1


def matches(stored: str, password: str) -> bool:
    """Whether `stored` is a hash of that password."""
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

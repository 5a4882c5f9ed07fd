"""Every setting of Duely. This is the only file that reads the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, cast

from host.chat_access import BASE_URLS, ChatAccess, ChatKind, Preset
from host.kafka_access import MECHANISMS, KafkaAccess, Mechanism

Role = Literal["all", "web", "actors", "consumers"]
Broker = Literal["none", "kafka"]
_ROLES = ("all", "web", "actors", "consumers")
_LAST_PORT = 65_535
_INNER_OFFSET = 1000  # from the public port to the inner one
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadSettingError(ValueError):
    """A setting has a value that cannot be used; the message names it and says what it may be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this process; README lists each with its default."""

    role: Role = "all"
    host: str = "127.0.0.1"
    port: int = 8080
    app_port: int = 8081
    inner_host: str = "127.0.0.1"
    inner_port: int = 0
    inner_token: str = ""
    command_keys: str = ""
    data_dir: Path = field(default_factory=lambda: Path("data"))
    archive_dir: Path | None = None
    activity_days: int = 90
    database_url: str = field(default="", repr=False)
    broker: Broker = "none"
    kafka: KafkaAccess = field(default_factory=KafkaAccess)
    kafka_prefix: str = ""
    registration_open: bool = True
    demo: bool = False
    rate_limits: bool = True
    connections_per_address: int = 200
    keep_alive_seconds: int = 75
    quota_tasks: int = 100_000
    quota_series: int = 2_000
    quota_bytes: int = 256 << 20
    chat: ChatAccess = field(default_factory=ChatAccess)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    dapr_grpc_port: int = 50001
    dapr_http_port: int = 3500
    dapr_api_token: str = field(default="", repr=False)
    app_api_token: str = field(default="", repr=False)
    log_level: str = "INFO"

    @property
    def archive(self) -> Path:
        """The folder for archived activity."""
        return self.archive_dir or self.data_dir / "archive"

    @property
    def inner_address(self) -> tuple[str, int]:
        """Host and port of the inner listener (metrics, readiness); by default 1000 above the public port."""
        above, below = self.port + _INNER_OFFSET, self.port - _INNER_OFFSET
        return self.inner_host, self.inner_port or (above if above <= _LAST_PORT else below)

    @property
    def inner_token_file(self) -> Path | None:
        """The file with the token of the inner listener; None where no token is asked for."""
        if self.inner_token.lower() == "off":
            return None
        return Path(self.inner_token).expanduser().absolute() if self.inner_token else self.data_dir / "run/inner-token"

    @property
    def command_key_file(self) -> Path:
        """The file with the keys that sign commands."""
        named = self.command_keys
        return Path(named).expanduser().absolute() if named else self.data_dir / "run/command-key"

    @property
    def loopback_only(self) -> bool:
        """Whether only this machine can reach the public port."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings from the environment; raises BadSettingError for a value that cannot be used."""
    env = os.environ if environ is None else environ
    defaults = Settings()
    archive_dir = env.get("DUELY_ARCHIVE_DIR")
    settings = Settings(
        role=cast("Role", _choice(env, "DUELY_ROLE", "all", _ROLES)),
        host=env.get("DUELY_HOST") or defaults.host,
        port=_port(env, "DUELY_PORT", defaults.port),
        app_port=_port(env, "DUELY_APP_PORT", defaults.app_port),
        inner_host=env.get("DUELY_INNER_HOST") or defaults.inner_host,
        inner_port=_port(env, "DUELY_INNER_PORT", defaults.inner_port),
        inner_token=env.get("DUELY_INNER_TOKEN", ""),
        command_keys=env.get("DUELY_COMMAND_KEY_FILE", ""),
        data_dir=Path(env.get("DUELY_DATA_DIR") or "data").expanduser().absolute(),
        archive_dir=Path(archive_dir).expanduser().absolute() if archive_dir else None,
        activity_days=_days(env, "DUELY_ACTIVITY_DAYS", defaults.activity_days),
        database_url=env.get("DUELY_DATABASE_URL", ""),
        broker=cast("Broker", _choice(env, "DUELY_BROKER", "none", ("none", "kafka"))),
        kafka=_kafka(env),
        kafka_prefix=_prefix(env, "DUELY_KAFKA_PREFIX"),
        registration_open=_choice(env, "DUELY_REGISTRATION", "open", ("open", "closed")) == "open",
        demo=_flag(env, "DUELY_DEMO", default=False),
        rate_limits=_flag(env, "DUELY_RATE_LIMITS", default=True),
        connections_per_address=_number(
            env, "DUELY_CONNECTIONS_PER_ADDRESS", defaults.connections_per_address, 1_000_000
        ),
        keep_alive_seconds=_number(env, "DUELY_KEEP_ALIVE_SECONDS", defaults.keep_alive_seconds, 86_400),
        quota_tasks=_amount(env, "DUELY_QUOTA_TASKS", defaults.quota_tasks),
        quota_series=_amount(env, "DUELY_QUOTA_SERIES", defaults.quota_series),
        quota_bytes=_size(env, "DUELY_QUOTA_BYTES", defaults.quota_bytes),
        chat=_chat(env),
        trusted_proxies=_networks(env, "DUELY_TRUSTED_PROXIES"),
        dapr_grpc_port=_port(env, "DAPR_GRPC_PORT", defaults.dapr_grpc_port),
        dapr_http_port=_port(env, "DAPR_HTTP_PORT", defaults.dapr_http_port),
        dapr_api_token=env.get("DAPR_API_TOKEN", ""),
        app_api_token=env.get("APP_API_TOKEN", ""),
        log_level=_choice(env, "DUELY_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    )
    if settings.demo and not settings.loopback_only:
        raise BadSettingError(
            f"DUELY_DEMO lets anyone in without a login, so it needs a loopback DUELY_HOST, not {settings.host}."
        )
    for name, port in (("DUELY_PORT", settings.port), ("DUELY_APP_PORT", settings.app_port)):
        if settings.inner_address[1] == port:
            raise BadSettingError(f"DUELY_INNER_PORT and {name} are both {port}; they must differ.")
    return settings


def _kafka(env: Mapping[str, str]) -> KafkaAccess:
    def file(name: str) -> Path | None:
        return Path(env[name]).expanduser().absolute() if env.get(name) else None

    access = KafkaAccess(
        brokers=env.get("DUELY_KAFKA_BROKERS", ""),
        username=env.get("DUELY_KAFKA_USERNAME", ""),
        password=env.get("DUELY_KAFKA_PASSWORD", ""),
        mechanism=cast("Mechanism", _choice(env, "DUELY_KAFKA_MECHANISM", "PLAIN", MECHANISMS)),
        tls=_flag(env, "DUELY_KAFKA_TLS", default=False),
        ca_file=file("DUELY_KAFKA_CA"),
        certificate_file=file("DUELY_KAFKA_CERTIFICATE"),
        key_file=file("DUELY_KAFKA_KEY"),
    )
    if problem := access.problem():
        raise BadSettingError(problem)
    return access


def _chat(env: Mapping[str, str]) -> ChatAccess:
    key_file = env.get("DUELY_CHAT_KEY_FILE")
    access = ChatAccess(
        kind=cast("ChatKind", _choice(env, "DUELY_CHAT", "rules", ("rules", "openai"))),
        preset=cast("Preset", _choice(env, "DUELY_CHAT_PRESET", "openai", tuple(BASE_URLS))),
        url=env.get("DUELY_CHAT_BASE_URL", ""),
        model=env.get("DUELY_CHAT_MODEL", "").strip(),
        key=env.get("DUELY_CHAT_KEY", "").strip(),
        key_file=Path(key_file).expanduser().absolute() if key_file else None,
        runs_a_day=_number(env, "DUELY_CHAT_RUNS_A_DAY", 200, 1_000_000),
    )
    if problem := access.problem():
        raise BadSettingError(problem)
    return access


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment for a process that we start: ours, overridden by `extra`."""
    return {**os.environ, **extra}


def reachable_address(host: str) -> str:
    """Returns the address at which this machine reaches a listener on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  nothing listens here


def agent_token(environ: Mapping[str, str] | None = None) -> str:
    """Returns the access token in DUELY_TOKEN, which only `duely mcp` reads; "" without one."""
    env = os.environ if environ is None else environ
    return env.get("DUELY_TOKEN", "").strip()


def cache_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Returns the folder for what is built once: $XDG_CACHE_HOME/duely or ~/.cache/duely."""
    env = os.environ if environ is None else environ
    base = env.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "duely"


def _choice(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if value not in allowed:
        raise BadSettingError(f"{name} is {value!r}; it may be {', '.join(allowed)}.")
    return value


def _prefix(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "")
    if not re.fullmatch(r"[A-Za-z0-9._-]{0,100}", text):  # Kafka's own rule, with room for the name after it
        raise BadSettingError(f"{name} is {text!r}; it may be up to 100 letters, digits, dots, hyphens, underscores.")
    return text


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) <= _LAST_PORT):
        raise BadSettingError(f"{name} is {text!r}; it must be a port number from 0 to 65535.")
    return int(text)


def _days(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 36_500):  # noqa: PLR2004  a hundred years
        raise BadSettingError(f"{name} is {text!r}; it must be a number of days from 1 to 36500.")
    return int(text)


def _number(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 0 < int(text) <= most):
        raise BadSettingError(f"{name} is {text!r}; it must be a number from 1 to {most}.")
    return int(text)


def _amount(env: Mapping[str, str], name: str, default: int) -> int:
    return 0 if env.get(name) == "0" else _number(env, name, default, 1_000_000_000)


def _size(env: Mapping[str, str], name: str, default: int) -> int:
    """Returns a number of bytes; it may be given in KiB, MiB, GiB or TiB."""
    text = env.get(name) or str(default)
    match = re.fullmatch(r"([0-9]{1,15}) ?(?:([KMGT])iB)?", text, re.ASCII)
    if match is None:
        raise BadSettingError(f"{name} is {text!r}; it must be a number of bytes, or one of KiB, MiB, GiB, TiB.")
    return int(match[1]) << 10 * (" KMGT".index(match[2] or " "))


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name)
    if value is None:
        return default
    if value.lower() not in _TRUE | _FALSE:
        raise BadSettingError(f"{name} is {value!r}; it may be on or off.")
    return value.lower() in _TRUE


def _networks(env: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    words = [word.strip() for word in env.get(name, "").split(",") if word.strip()]
    try:
        return tuple(ip_network(word, strict=False) for word in words)
    except ValueError as error:
        raise BadSettingError(f"{name}: {error}; it takes addresses or networks, separated by commas.") from error

"""Settings: defaults, bad values with a remedy, and demo mode kept on loopback."""

from pathlib import Path

import pytest

from host.settings import BadSettingError, read_settings

pytestmark = pytest.mark.unit


def test_an_empty_environment_gives_the_one_machine_defaults() -> None:
    settings = read_settings({})
    assert (settings.role, settings.host, settings.port, settings.broker) == ("all", "127.0.0.1", 8080, "none")
    assert settings.registration_open
    assert not settings.demo


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUELY_PORT", "eighty"),
        ("DUELY_INNER_PORT", "8080"),
        ("DUELY_PORT", "65536"),
        ("DUELY_PORT", "-1"),
        ("DUELY_ROLE", "boss"),
        ("DUELY_BROKER", "rabbit"),
        ("DUELY_REGISTRATION", "maybe"),
        ("DUELY_DEMO", "perhaps"),
        ("DUELY_CONNECTIONS_PER_ADDRESS", "0"),
        ("DUELY_CONNECTIONS_PER_ADDRESS", "many"),
        ("DUELY_KEEP_ALIVE_SECONDS", "9" * 5_000),
        ("DUELY_TRUSTED_PROXIES", "10.0.0.0/99"),
        ("DUELY_QUOTA_TASKS", "-1"),
        ("DUELY_QUOTA_SERIES", "few"),
        ("DUELY_QUOTA_BYTES", "5 apples"),
        ("DUELY_QUOTA_BYTES", "9" * 5_000),
    ],
)
def test_a_bad_value_is_refused_and_named(name: str, value: str) -> None:
    with pytest.raises(BadSettingError, match=name):
        read_settings({name: value})


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, ("127.0.0.1", 9080)),
        ({"DUELY_PORT": "8090"}, ("127.0.0.1", 9090)),
        ({"DUELY_PORT": "65000"}, ("127.0.0.1", 64000)),
        ({"DUELY_INNER_HOST": "0.0.0.0", "DUELY_INNER_PORT": "7000"}, ("0.0.0.0", 7000)),
    ],
)
def test_the_inner_port_goes_with_the_public_one_unless_it_is_chosen(
    environ: dict[str, str], address: tuple[str, int]
) -> None:
    assert read_settings(environ).inner_address == address


@pytest.mark.parametrize(
    ("host", "allowed"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_demo_mode_is_for_loopback_only(host: str, allowed: bool) -> None:
    environment = {"DUELY_DEMO": "on", "DUELY_HOST": host}
    if allowed:
        assert read_settings(environment).demo
    else:
        with pytest.raises(BadSettingError, match="loopback"):
            read_settings(environment)


def test_trusted_proxies_are_addresses_or_networks() -> None:
    networks = read_settings({"DUELY_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"}).trusted_proxies
    assert [str(network) for network in networks] == ["127.0.0.1/32", "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("DUELY_QUOTA_TASKS", "", 100_000),
        ("DUELY_QUOTA_TASKS", "0", 0),
        ("DUELY_QUOTA_SERIES", "12", 12),
        ("DUELY_QUOTA_BYTES", "", 268_435_456),
        ("DUELY_QUOTA_BYTES", "0", 0),
        ("DUELY_QUOTA_BYTES", "5000", 5_000),
        ("DUELY_QUOTA_BYTES", "2 GiB", 2_147_483_648),
        ("DUELY_QUOTA_BYTES", "3KiB", 3_072),
    ],
)
def test_a_quota_is_a_number_and_0_is_none(name: str, value: str, read: int) -> None:
    assert getattr(read_settings({name: value}), name.removeprefix("DUELY_").lower()) == read


CHAT = {"DUELY_CHAT": "openai", "DUELY_CHAT_MODEL": "a-model", "DUELY_CHAT_KEY": "sk-secret"}


def test_the_chat_needs_no_model() -> None:
    chat = read_settings({}).chat
    assert (chat.kind, chat.runs_a_day) == ("rules", 200)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"DUELY_CHAT": "magic"}, "DUELY_CHAT"),
        ({**CHAT, "DUELY_CHAT_MODEL": ""}, "DUELY_CHAT_MODEL"),
        ({**CHAT, "DUELY_CHAT_PRESET": "other"}, "DUELY_CHAT_PRESET"),
        ({**CHAT, "DUELY_CHAT_KEY": ""}, "DUELY_CHAT_KEY"),
        ({**CHAT, "DUELY_CHAT_KEY": "sk-secret two"}, "DUELY_CHAT_KEY"),
        ({**CHAT, "DUELY_CHAT_KEY": "sk-secret-é"}, "DUELY_CHAT_KEY"),
        ({**CHAT, "DUELY_CHAT_KEY_FILE": "/nowhere"}, "DUELY_CHAT_KEY_FILE"),
        ({**CHAT, "DUELY_CHAT_KEY": "", "DUELY_CHAT_KEY_FILE": "/nowhere"}, "DUELY_CHAT_KEY_FILE"),
        ({**CHAT, "DUELY_CHAT_BASE_URL": "ftp://example.org"}, "DUELY_CHAT_BASE_URL"),
        ({**CHAT, "DUELY_CHAT_BASE_URL": "http://example.org/v1"}, "DUELY_CHAT_BASE_URL"),
        ({**CHAT, "DUELY_CHAT_BASE_URL": "https://me:pass@example.org"}, "DUELY_CHAT_BASE_URL"),
        ({**CHAT, "DUELY_CHAT_BASE_URL": "https://[broken"}, "DUELY_CHAT_BASE_URL"),
        ({**CHAT, "DUELY_CHAT_RUNS_A_DAY": "0"}, "DUELY_CHAT_RUNS_A_DAY"),
    ],
)
def test_a_chat_that_could_not_work_is_refused_without_its_key(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettingError, match=named) as refused:
        read_settings(environ)
    assert "sk-secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "host"),
    [
        ({}, "api.openai.com"),
        ({"DUELY_CHAT_PRESET": "gemini"}, "generativelanguage.googleapis.com"),
        ({"DUELY_CHAT_PRESET": "cohere"}, "api.cohere.ai"),
        ({"DUELY_CHAT_PRESET": "local", "DUELY_CHAT_KEY": ""}, "127.0.0.1"),
        ({"DUELY_CHAT_PRESET": "local", "DUELY_CHAT_BASE_URL": "http://gpu.lan:8000/v1"}, "gpu.lan"),
        ({"DUELY_CHAT_BASE_URL": "https://models.example.org/v1"}, "models.example.org"),
        ({"DUELY_CHAT_BASE_URL": "http://[::1]:8000/v1"}, "::1"),
    ],
)
def test_a_preset_or_an_address_says_who_sees_what_is_said(environ: dict[str, str], host: str) -> None:
    chat = read_settings(CHAT | environ).chat
    assert chat.host == host
    assert "sk-secret" not in repr(chat)


def test_the_key_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-secret\n")
    chat = read_settings({**CHAT, "DUELY_CHAT_KEY": "", "DUELY_CHAT_KEY_FILE": str(tmp_path / "key")}).chat
    assert chat.read_key() == "sk-secret"

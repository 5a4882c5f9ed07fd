"""How Kafka is reached: read from the settings, the same for the sidecar and for operators' commands."""

from pathlib import Path

import pytest

from host.kafka_access import KafkaAccess
from host.operator.topics import TopicsError, _Admin, client_settings
from host.settings import BadSettingError, read_settings

pytestmark = pytest.mark.unit

SCRAM = {
    "DUELY_KAFKA_BROKERS": "a:9093,b:9093",
    "DUELY_KAFKA_USERNAME": "duely",
    "DUELY_KAFKA_PASSWORD": "secret",
    "DUELY_KAFKA_MECHANISM": "SCRAM-SHA-512",
    "DUELY_KAFKA_TLS": "on",
}


def access(**settings: str) -> KafkaAccess:
    return read_settings({f"DUELY_KAFKA_{name}": value for name, value in settings.items()}).kafka


def test_a_password_over_tls_is_said_to_both(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("PEM")
    found = read_settings({**SCRAM, "DUELY_KAFKA_CA": str(authority)}).kafka
    variables = found.environment()
    assert variables["DUELY_KAFKA_AUTH_TYPE"] == "password"
    assert variables["DUELY_KAFKA_SASL"] == "SHA-512"
    assert (variables["DUELY_KAFKA_DISABLE_TLS"], variables["DUELY_KAFKA_CA_PEM"]) == ("false", "PEM")
    asked = client_settings(found)
    assert (asked["security.protocol"], asked["sasl.mechanism"]) == ("sasl_ssl", "SCRAM-SHA-512")
    assert asked["ssl.ca.location"] == str(authority)
    assert "secret" not in repr(found)


def test_the_environment_is_read_back_the_same(tmp_path: Path) -> None:
    for name in ("ca", "crt", "key"):
        (tmp_path / name).write_text(name)
    for found in (
        KafkaAccess(brokers="a:9092"),
        KafkaAccess(brokers="a:9092", username="duely", password="secret", mechanism="SCRAM-SHA-256", tls=True),
        KafkaAccess("a:1", tls=True, ca_file=tmp_path / "ca"),
        KafkaAccess("a:1", tls=True, certificate_file=tmp_path / "crt", key_file=tmp_path / "key"),
    ):
        assert read_settings(found.environment()).kafka == found


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"USERNAME": "duely"}, "DUELY_KAFKA_PASSWORD"),
        ({"CERTIFICATE": "/x"}, "DUELY_KAFKA_KEY"),
        ({"CERTIFICATE": "/x", "KEY": "/y"}, "DUELY_KAFKA_TLS"),
        ({"TLS": "on"}, "DUELY_KAFKA_CA"),
        ({"MECHANISM": "GSSAPI"}, "DUELY_KAFKA_MECHANISM"),
    ],
)
def test_what_cannot_work_is_refused_and_named(settings: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettingError, match=named):
        access(**settings)


@pytest.mark.parametrize("prefix", ["", "team.duely-", "A_9", "x" * 100])
def test_a_prefix_that_kafka_takes_is_taken(prefix: str) -> None:
    assert read_settings({"DUELY_KAFKA_PREFIX": prefix}).kafka_prefix == prefix


@pytest.mark.parametrize("prefix", ["a b", "a,", "a/b", "ä", "a\n", "{uuid}", "x" * 101])
def test_a_prefix_that_kafka_would_not_take_is_refused(prefix: str) -> None:
    with pytest.raises(BadSettingError, match=r"DUELY_KAFKA_PREFIX is .*letters, digits"):
        read_settings({"DUELY_KAFKA_PREFIX": prefix})


def test_a_broker_that_does_not_answer_in_time_is_reported_in_our_words() -> None:
    words = r"Kafka at 127\.0\.0\.1:1: no answer within 15 s"
    with pytest.raises(TopicsError, match=words), _Admin(access(BROKERS="127.0.0.1:1")):
        raise TimeoutError

"""How clients reach Kafka: its addresses, the login and TLS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
MECHANISMS: Final[tuple[Mechanism, ...]] = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
AuthType = Literal["none", "password", "mtls", "certificate"]


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """The settings of one Kafka. `brokers`: host:port,host:port.

    A username logs in with its password; without one a client certificate does; without either there is no login.
    """

    brokers: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    mechanism: Mechanism = "PLAIN"
    tls: bool = False
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    @property
    def auth_type(self) -> AuthType:
        """The kind of login, in the words of the sidecar's component."""
        if self.username:
            return "password"
        if self.certificate_file:
            return "mtls"
        return "certificate" if self.tls else "none"

    def problem(self) -> str:
        """Returns why clients could not use these settings, "" when they can."""
        if self.username and not self.password:
            return "DUELY_KAFKA_USERNAME is set and DUELY_KAFKA_PASSWORD is not."
        if bool(self.certificate_file) != bool(self.key_file):
            return "DUELY_KAFKA_CERTIFICATE and DUELY_KAFKA_KEY belong together."
        if self.certificate_file and not self.tls:
            return "DUELY_KAFKA_CERTIFICATE needs DUELY_KAFKA_TLS=on."
        if self.auth_type == "certificate" and not self.ca_file:
            return "DUELY_KAFKA_TLS without a login needs the authority's certificate: DUELY_KAFKA_CA."
        return ""

    def environment(self) -> Mapping[str, str]:
        """Returns the variables that our processes and components/kafka read; raises OSError when a file is unreadable."""
        return {
            "DUELY_KAFKA_BROKERS": self.brokers,
            "DUELY_KAFKA_USERNAME": self.username,
            "DUELY_KAFKA_PASSWORD": self.password,
            "DUELY_KAFKA_MECHANISM": self.mechanism,
            "DUELY_KAFKA_TLS": "on" if self.tls else "off",
            "DUELY_KAFKA_CA": str(self.ca_file or ""),
            "DUELY_KAFKA_CERTIFICATE": str(self.certificate_file or ""),
            "DUELY_KAFKA_KEY": str(self.key_file or ""),
            # Only the sidecar reads these.
            "DUELY_KAFKA_AUTH_TYPE": self.auth_type,
            # The sidecar takes anything else for PLAIN.
            "DUELY_KAFKA_SASL": self.mechanism.removeprefix("SCRAM-") if self.username else "",
            "DUELY_KAFKA_DISABLE_TLS": "false" if self.tls else "true",
            "DUELY_KAFKA_CA_PEM": _text(self.ca_file),
            "DUELY_KAFKA_CERTIFICATE_PEM": _text(self.certificate_file),
            "DUELY_KAFKA_KEY_PEM": _text(self.key_file),
        }


def _text(file: Path | None) -> str:
    return file.read_text() if file else ""

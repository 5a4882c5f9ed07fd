"""The connection to the sidecar: HTTP for actor calls and actor state, one gRPC channel for everything else."""

import grpc
import grpc.aio
import orjson
from dapr.clients.grpc.dapr_actor_grpc_client import DaprActorGrpcClient
from dapr.proto import api_v1
from dapr.proto.common.v1.common_pb2 import JobFailurePolicy, JobFailurePolicyConstant
from dapr.proto.runtime.v1.dapr_pb2_grpc import DaprStub
from dapr.serializers.util import convert_from_dapr_duration
from google.protobuf.duration_pb2 import Duration

from host import metrics
from host.dapr.http import SidecarError, SidecarHttp

REMINDER_SECONDS = 5
_OPTIONS = [
    # A sidecar that restarts is found again within a second, not after gRPC's own two minutes.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    # Pings find a half-open connection, on which no call would be answered.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.http2.max_pings_without_data", 0),
]


class SidecarConnection:
    """The connection to the sidecar on this machine; it dials at its first use, and again when it is lost.

    Every call of `calls` must be given `metadata`: the token in it keeps other programs on this machine out. An
    interceptor would add it, too, but costs some 20 µs a call.
    """

    def __init__(self, grpc_port: int, http_port: int, api_token: str = "") -> None:
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}", options=_OPTIONS)
        self.calls = DaprStub(self.channel)
        self.metadata = (("dapr-api-token", api_token),) if api_token else ()
        self.http = SidecarHttp(http_port, api_token)

    async def close(self) -> None:
        """Closes HTTP and gRPC; open gRPC calls have one second to end."""
        self.http.close()
        await self.channel.close(grace=1)


class SidecarActorClient(DaprActorGrpcClient):
    """The SDK's actor client, with faster calls. They raise OSError; register_reminder raises AioRpcError.

    The SDK's own gRPC client parses every transaction with the standard library and serialises it again; its HTTP
    client opens a connection for each call. Reminders go by gRPC, because HTTP drops their failure policy.
    """

    def __init__(self, sidecar: SidecarConnection) -> None:
        super().__init__(channel=sidecar.channel)
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata
        self._http = sidecar.http

    async def invoke_method(self, actor_type: str, actor_id: str, method: str, data: bytes | None = None) -> bytes:
        return await self._http.call(actor_type, actor_id, method, data or b"")

    async def save_state_transactionally(self, actor_type: str, actor_id: str, data: bytes) -> None:
        try:
            await self._http.save(actor_type, actor_id, data)
        except SidecarError as error:
            if "stale actor write" in str(error):
                metrics.fence_rejections.inc()
            raise

    async def get_state(self, actor_type: str, actor_id: str, name: str) -> bytes:
        """Returns the value, b"" where there is none."""
        return await self._http.read(actor_type, actor_id, name)

    async def register_reminder(self, actor_type: str, actor_id: str, name: str, data: bytes) -> None:
        """Registers the reminder. `data`: the SDK's body with dueTime and a constant failurePolicy without a limit."""
        body = orjson.loads(data)
        interval = Duration()
        interval.FromTimedelta(convert_from_dapr_duration(body["failurePolicy"]["constant"]["interval"]))
        request = api_v1.RegisterActorReminderRequest(
            actor_type=actor_type,
            actor_id=actor_id,
            name=name,
            due_time=body["dueTime"],
            failure_policy=JobFailurePolicy(constant=JobFailurePolicyConstant(interval=interval)),
        )
        await self._calls.RegisterActorReminder(request, timeout=REMINDER_SECONDS, metadata=self._metadata)

"""The way to the sidecar: one gRPC channel for actor calls, actor state and reminders."""

import grpc
import grpc.aio
import orjson
from dapr.clients.grpc.dapr_actor_grpc_client import DaprActorGrpcClient
from dapr.proto import api_v1
from dapr.proto.common.v1.common_pb2 import JobFailurePolicy, JobFailurePolicyConstant
from dapr.proto.runtime.v1.dapr_pb2_grpc import DaprStub
from dapr.serializers.util import convert_from_dapr_duration
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration

from actors.doc import KEY
from actors.turn import SAVE_HEAD, SAVE_TAIL
from host import metrics

CALL_TIMEOUT_SECONDS = 5
_OPTIONS = [
    # A sidecar that restarts is found again within a second, not after gRPC's own two minutes.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    # A half-open connection is noticed although no call is answered.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.http2.max_pings_without_data", 0),
]


class Sidecar:
    """One channel to the sidecar on this machine; it dials when first used and again when lost.

    Give `metadata` with every call of `calls`: the token in it keeps other programs on this machine out. An
    interceptor would do that too, at some 20 µs a call.
    """

    def __init__(self, port: int, api_token: str = "") -> None:
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS)
        self.calls = DaprStub(self.channel)
        self.metadata = (("dapr-api-token", api_token),) if api_token else ()

    async def close(self) -> None:
        await self.channel.close(grace=1)


class SidecarActorClient(DaprActorGrpcClient):
    """The SDK's gRPC client, with the four calls that Duely makes spelt out. They raise AioRpcError.

    The SDK's own parses every transaction with the standard library and serialises it again. Its default client, over
    HTTP, opens a connection for each call and cannot send a failure policy.
    """

    def __init__(self, sidecar: Sidecar) -> None:
        super().__init__(channel=sidecar.channel)
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata

    async def invoke_method(self, actor_type: str, actor_id: str, method: str, data: bytes | None = None) -> bytes:
        request = api_v1.InvokeActorRequest(actor_type=actor_type, actor_id=actor_id, method=method, data=data or b"")
        reply = await self._calls.InvokeActor(request, timeout=CALL_TIMEOUT_SECONDS, metadata=self._metadata)
        answer: bytes = reply.data
        return answer

    async def save_state_transactionally(self, actor_type: str, actor_id: str, data: bytes) -> None:
        """Commit the one operation that a turn makes, spelt by `actors.turn`."""
        assert data.startswith(SAVE_HEAD), "only turns save"  # noqa: S101  a save of another shape is a bug
        document = AnyMessage(value=data[len(SAVE_HEAD) : -len(SAVE_TAIL)])
        operation = api_v1.TransactionalActorStateOperation(operationType="upsert", key=KEY, value=document)
        request = api_v1.ExecuteActorStateTransactionRequest(
            actor_type=actor_type, actor_id=actor_id, operations=[operation]
        )
        try:
            await self._calls.ExecuteActorStateTransaction(
                request, timeout=CALL_TIMEOUT_SECONDS, metadata=self._metadata
            )
        except grpc.aio.AioRpcError as error:
            if "stale actor write" in (error.details() or ""):
                metrics.fence_rejections.inc()
            raise

    async def get_state(self, actor_type: str, actor_id: str, name: str) -> bytes:
        """Empty where there is none."""
        request = api_v1.GetActorStateRequest(actor_type=actor_type, actor_id=actor_id, key=name)
        try:
            reply = await self._calls.GetActorState(request, timeout=CALL_TIMEOUT_SECONDS, metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                return b""
            raise
        value: bytes = reply.data
        return value

    async def register_reminder(self, actor_type: str, actor_id: str, name: str, data: bytes) -> None:
        """`data` is the SDK's body: dueTime, and a constant failurePolicy without a limit of retries."""
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
        await self._calls.RegisterActorReminder(request, timeout=CALL_TIMEOUT_SECONDS, metadata=self._metadata)

"""The way to the sidecar: one gRPC channel for actor calls, actor state and reminders."""

from collections.abc import Callable
from typing import Any

import grpc.aio
from dapr.clients.grpc.dapr_actor_grpc_client import DaprActorGrpcClient
from dapr.proto import api_v1
from dapr.proto.runtime.v1.dapr_pb2_grpc import DaprStub
from google.protobuf.any_pb2 import Any as AnyMessage

from actors.doc import KEY
from actors.serializer import OrjsonSerializer
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


def connect(port: int, api_token: str = "") -> grpc.aio.Channel:
    """A channel to the sidecar on this machine; it dials when first used and again when lost."""
    interceptors = [_ApiToken(api_token)] if api_token else []
    return grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS, interceptors=interceptors)


class SidecarActorClient(DaprActorGrpcClient):
    """The SDK's gRPC actor client, with the actor's document passed through as it was serialised.

    The SDK parses every transaction with the standard library and serialises it again.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        serializer = OrjsonSerializer()
        super().__init__(
            timeout=CALL_TIMEOUT_SECONDS,
            channel=channel,
            message_serializer=serializer,
            state_serializer=serializer,
        )
        self._calls = DaprStub(channel)

    async def save_state_transactionally(self, actor_type: str, actor_id: str, data: bytes) -> None:
        """Commit the one operation that a turn makes, spelt by `actors.turn`; raises AioRpcError."""
        assert data.startswith(SAVE_HEAD), "only turns save"  # noqa: S101  a save of another shape is a bug
        document = AnyMessage(value=data[len(SAVE_HEAD) : -len(SAVE_TAIL)])
        operation = api_v1.TransactionalActorStateOperation(operationType="upsert", key=KEY, value=document)
        request = api_v1.ExecuteActorStateTransactionRequest(
            actor_type=actor_type, actor_id=actor_id, operations=[operation]
        )
        try:
            await self._calls.ExecuteActorStateTransaction(request, timeout=CALL_TIMEOUT_SECONDS)
        except grpc.aio.AioRpcError as error:
            if "stale actor write" in (error.details() or ""):
                metrics.fence_rejections.inc()
            raise


class _ApiToken(grpc.aio.UnaryUnaryClientInterceptor):
    """Adds the token that keeps other programs on this machine out of the sidecar."""

    def __init__(self, token: str) -> None:
        self._header = ("dapr-api-token", token)

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        metadata = [*(client_call_details.metadata or ()), self._header]
        return await continuation(client_call_details._replace(metadata=metadata), request)

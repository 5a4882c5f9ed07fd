"""The listener holds every connection to its limits: what it sends, how slowly it sends it, what it does not take."""

import asyncio
import contextlib
import socket

import pytest

from tests.hostile.raw import GET, Raw
from tests.hostile.server import SMALL, Running, running
from tests.support.deadline import eventually
from web.serve import DRAIN_SECONDS
from web.server.refusals import LONGEST_HEAD, MOST_HEADERS

pytestmark = pytest.mark.hostile

POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
# What is begun, what then comes for ever, and what is answered.
ENDLESS = {
    "url": (b"GET /", b"a" * 65_536, 414),
    "one header": (b"GET / HTTP/1.1\r\nHost: x\r\nA: ", b"a" * 65_536, 431),
    "one name of a header": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"a" * 65_536, 431),
    "headers": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n" * 10_000, 431),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n" * 10_000, 431),
    "one trailer": (CHUNKED + b"0\r\nA: ", b"a" * 65_536, 431),
    "an extension of a chunk": (CHUNKED + b"1;", b"a" * 65_536, 431),
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 10_000, 413),
    "empty lines": (b"", b"\r\n" * 32_768, 431),
    "a second request": (GET, b"\r\n" * 32_768, 200),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_what_never_ends_is_refused_early_and_the_connection_closed(what: str) -> None:
    begun, part, status = ENDLESS[what]
    async with running() as server, Raw(server.port) as client:
        client.send(begun)
        sent = await client.send_for_ever(part)
        assert (await client.answer())[0] in {status, 0}  # the kernel may drop it when it still sends
        await client.ended()
        assert sent < 16 * 1024 * 1024
        await eventually(lambda: (server.held(), server.app.open) == (0, 0), 5, "nothing is left of it")


@pytest.mark.parametrize("what", [name for name in ENDLESS if name != "a second request"])
async def test_the_answer_says_what_is_too_much(what: str) -> None:
    begun, part, status = ENDLESS[what]
    async with running() as server, Raw(server.port) as client:
        client.send(begun + part + part)
        answered, body = await client.answer()
        assert answered == status
        assert b'"code"' in body
        await client.ended(3)


async def test_a_head_at_its_limit_is_taken() -> None:
    async with running() as server, Raw(server.port) as client:
        start = b"GET / HTTP/1.1\r\nHost: x\r\nA: "
        client.send(start + b"a" * (LONGEST_HEAD - len(start) - 4) + b"\r\n\r\n")
        assert await client.answer() == (200, b"ok")
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * (MOST_HEADERS - 1) + b"\r\n")
        assert await client.answer() == (200, b"ok")
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * MOST_HEADERS + b"\r\n")
        assert (await client.answer())[0] == 431


async def test_a_long_body_passes_whole_and_trailers_are_no_headers() -> None:
    async with running() as server, Raw(server.port) as client:
        body = bytes(range(256)) * 4_096
        client.send(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert await client.answer() == (200, body)
        client.send(CHUNKED + b"0\r\nAuthorization: Bearer x\r\n\r\n" + GET)
        assert await client.answer() == (200, b"a")
        assert await client.answer() == (200, b"ok")
        assert b"authorization" not in dict(server.app.headers)


@pytest.mark.parametrize(("pieces", "size", "status"), [(200, 1, 200), (1_500, 150, 200), (300, 1, 413)])
async def test_a_body_comes_in_few_pieces_or_in_larger_ones(pieces: int, size: int, status: int) -> None:
    async with running() as server, Raw(server.port) as client:
        piece = b"%x\r\n%b\r\n" % (size, b"a" * size)
        client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n" + piece * pieces + b"0\r\n\r\n")
        assert (await client.answer())[0] == status


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET / HTTP/1.1\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x y\r\n", 400),
        (b"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n", 400),
        (b"GET /\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n", 400),
        (b"GET / HTTP/1.0\r\n", 200),  # as some load balancers ask whether somebody is there
        (b"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n", 200),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", 200),
    ],
)
async def test_a_request_has_one_host_and_one_meaning(request_head: bytes, status: int) -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(request_head + b"\r\n")
        assert (await client.answer())[0] == status


async def test_a_path_is_short_and_a_query_may_be_long() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(b"GET /?" + b"a" * 50_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await client.answer())[0] == 200
        client.send(b"GET /" + b"%41" * 10_000 + b"?a HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await client.answer())[0] == 414


async def test_many_requests_at_once_are_not_gathered() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(GET.replace(b"/health/live", b"/slow") + GET * 1_000)
        assert await client.answer() == (0, b"")
        await client.ended()
        assert server.app.calls == 1
        await eventually(lambda: server.app.open == 0, 5, "the first has ended")


async def test_who_sends_too_many_at_once_is_kept_for_a_moment_before_he_may_come_again() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(GET * 1_000)
        assert await client.ended(4) > SMALL.linger_seconds * 0.9
        assert server.app.calls == 1
        await eventually(lambda: server.held() == 0, 3, "his place is free")


async def test_a_stop_does_not_wait_for_who_is_kept() -> None:
    async with contextlib.AsyncExitStack() as clients:
        async with running() as server:
            client = await clients.enter_async_context(Raw(server.port))
            client.send(GET * 1_000)
            await eventually(lambda: server.app.calls == 1, 5, "the first is answered")
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < DRAIN_SECONDS / 2


async def test_the_first_of_several_requests_hears_that_its_client_has_left(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as server:
        async with Raw(server.port) as client:
            client.send(GET.replace(b"/health/live", b"/endless") + GET)
            await eventually(lambda: server.app.open == 1, 5, "it answers")
        await eventually(lambda: (server.held(), server.app.open) == (0, 0), 5, "it has ended")
    assert [line for line in caplog.records if line.levelname == "ERROR"] == []


async def test_a_few_requests_at_once_are_answered_in_order() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(GET * 10)
        assert [await client.answer() for _ in range(10)] == [(200, b"ok")] * 10


async def test_a_slow_head_a_slow_body_and_no_head_at_all_run_out_of_time() -> None:
    async with running() as server, Raw(server.port) as head, Raw(server.port) as body, Raw(server.port) as rate:
        head.send(b"GET / HTTP/1.1\r\nHost: x\r\n")
        body.send(POST + b"Content-Length: 1000\r\n\r\n")
        rate.send(POST + b"Content-Length: 1000000\r\n\r\n")
        clients = (head, body, rate)
        dribbles = [asyncio.create_task(_dribble(client)) for client in clients]
        answers = await asyncio.gather(*(client.answer() for client in clients))
        assert [status for status, _ in answers] == [408, 408, 408]
        await asyncio.gather(*(client.ended(3) for client in clients))
        for task in dribbles:
            task.cancel()
        await eventually(lambda: (server.held(), server.app.open) == (0, 0), 5, "nothing is left of them")


async def _dribble(client: Raw) -> None:
    while True:
        client.send(b"a")
        await asyncio.sleep(0.1)


async def test_an_upload_that_keeps_up_the_least_rate_may_take_long() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(POST + b"Content-Length: 60000\r\n\r\n")
        for _ in range(15):
            client.send(b"a" * 4_000)
            await asyncio.sleep(0.1)
        assert (await client.answer())[0] == 200


async def test_an_idle_connection_ends_and_an_answer_in_progress_does_not() -> None:
    async with running() as server, Raw(server.port) as idle, Raw(server.port) as new, Raw(server.port) as busy:
        idle.send(GET)
        busy.send(GET.replace(b"/health/live", b"/slow"))
        assert await idle.answer() == (200, b"ok")
        assert 0.7 < await idle.ended() < 2
        await new.ended(1)
        assert await busy.answer() == (200, b"ok")
        assert server.held() == 1


async def test_a_stranger_has_no_more_time_to_begin_than_for_a_head() -> None:
    async with running(exempt=()) as server, Raw(server.port) as stranger:
        assert await stranger.ended() < 1.5


@pytest.mark.parametrize("bytes_a_time", [0, 1_000])
async def test_who_takes_nothing_or_next_to_nothing_of_an_answer_is_left(bytes_a_time: int) -> None:
    async with running() as server:
        with socket.create_connection(("127.0.0.1", server.port)) as reader:
            reader.sendall(GET.replace(b"/health/live", b"/endless"))
            await eventually(lambda: server.app.open == 1, 5, "it answers")

            def over() -> bool:
                with contextlib.suppress(ConnectionError):
                    reader.recv(bytes_a_time)
                return (server.held(), server.app.open) == (0, 0)

            await eventually(over, 10, "its connection and its answer have ended", 0.2)


async def test_who_takes_an_answer_slowly_but_steadily_has_it_all() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(GET.replace(b"/health/live", b"/endless"))
        for _ in range(20):
            await client.reader.readexactly(200_000)
            await asyncio.sleep(0.1)
        assert server.app.open == 1


async def test_who_is_answered_before_he_has_sent_all_cannot_go_on_for_ever() -> None:
    async with running() as server, Raw(server.port) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert await client.answer() == (200, b"ok")
        assert await client.send_for_ever(b"a" * 65_536) < 16 * 1024 * 1024
        await eventually(lambda: server.held() == 0, 5, "its connection has ended")


async def test_an_address_has_so_many_connections_and_gets_them_back() -> None:
    async with running(exempt=()) as server:
        clients = [Raw(server.port) for _ in range(6)]
        for client in clients:
            await client.__aenter__()
        assert (await clients[5].answer())[0] == 429
        clients[0].send(GET)
        assert await clients[0].answer() == (200, b"ok")
        for client in clients:
            await client.__aexit__(None, None, None)
        await eventually(lambda: server.held() == 0, 3, "all places are free")
        assert await _asked(server) == (200, b"ok")
        await eventually(lambda: not server.door._of_address, 3, "nobody is remembered")


async def _asked(server: Running) -> tuple[int, bytes]:
    async with Raw(server.port) as client:
        client.send(GET)
        return await client.answer()

"""The servers run side by side and end in order: what was asked before the end is answered."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.serving import announce_ready, server, until_stopped
from tests.rasa_peer import free_port


async def test_a_request_in_progress_is_answered_when_the_server_is_told_to_stop() -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> Response:
        asked.set()
        await may_answer.wait()
        return PlainTextResponse("done")

    port = free_port()
    one = server(Starlette(routes=[Route("/", slow)]), "127.0.0.1", port, forwarded=False)
    running = asyncio.create_task(one.serve_until_cancelled())
    await announce_ready([one], None)
    async with httpx.AsyncClient() as client:
        answer = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/"))
        await asked.wait()
        running.cancel()
        while await _listens(port):
            await asyncio.sleep(0.02)
        assert not running.done()
        may_answer.set()
        assert (await answer).text == "done"
    with pytest.raises(asyncio.CancelledError):
        await running


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@pytest.mark.parametrize("moments", [1, 2, 3, 5, 100])
async def test_a_server_stopped_at_any_moment_gives_its_port_back(moments: int) -> None:
    port = free_port()
    one = server(Starlette(), "127.0.0.1", port, forwarded=False)
    running = asyncio.create_task(one.serve_until_cancelled())
    for _ in range(moments):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(httpx.ConnectError):
        await asyncio.to_thread(httpx.get, f"http://127.0.0.1:{port}/")


async def test_one_part_that_fails_ends_the_others() -> None:
    async def fails() -> None:
        raise ValueError("broken")

    ended = asyncio.Event()

    async def lasts() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(ValueError, match="broken"):
        await until_stopped(lasts(), fails())
    assert ended.is_set()

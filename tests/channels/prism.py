"""Prism: a server that answers by a vendor's OpenAPI, and with 422 to what that does not allow.

It is fetched from the npm registry of this machine into a folder that goes away.
https://docs.stoplight.io/docs/prism
"""

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.channels.specs import SPECS
from tests.rasa_peer import free_port

PACKAGE = "@stoplight/prism-cli@5.14.2"
_INSTALLING, _STARTING = 240, 60  # seconds
# What npm says when it is the network, and not the package.
_UNREACHABLE = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|E40[13]|network")


async def installed(folder: Path) -> Path:
    """Prism's program, put into `folder`. Without Node it is a skip, in CI a failure; without a
    registry it is a skip everywhere."""
    npm = shutil.which("npm")
    if npm is None:
        why = "Node is not installed (on Debian: apt-get install nodejs npm): Prism needs it"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
    process = await asyncio.create_subprocess_exec(
        npm,
        "install",
        *options,
        PACKAGE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_INSTALLING):
            _, said = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        pytest.skip("the npm registry does not answer: Prism comes from there")
    if process.returncode != 0:
        reason = said.decode()[-2000:]
        if _UNREACHABLE.search(reason):
            pytest.skip("the npm registry cannot be reached: Prism comes from there")
        pytest.fail(reason)
    return folder / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"


@asynccontextmanager
async def mock(program: Path, specification: str) -> AsyncIterator[str]:
    """The address of a mock of a specification, while the block runs."""
    node, port = shutil.which("node"), free_port()
    assert node is not None
    written = program.parents[4] / specification
    written.write_text(json.dumps(_with_encodings(json.loads((SPECS / specification).read_text()))))
    process = await asyncio.create_subprocess_exec(
        node,
        str(program),
        "mock",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        str(written),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        await _answers(address)
        yield address
    finally:
        process.kill()
        await process.wait()


def _with_encodings(specification: Any) -> Any:
    """The specification, with the default written out of how a form holds a list.

    OpenAPI's own default is one field per value (`style: form`), which Prism follows only where it
    is written: without it one MediaUrl is no list. https://spec.openapis.org/oas/v3.0.3#encoding-object
    """
    operations = (
        one
        for path in specification["paths"].values()
        for one in path.values()
        if isinstance(one, dict) and "requestBody" in one
    )
    for operation in operations:
        form = operation["requestBody"]["content"].get("application/x-www-form-urlencoded")
        properties = form["schema"].get("properties", {}) if form else {}
        lists = [name for name, one in properties.items() if one.get("type") == "array"]
        if lists:
            form["encoding"] = {name: {"style": "form", "explode": True} for name in lists}
    return specification


async def _answers(address: str) -> None:
    async with asyncio.timeout(_STARTING), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(address)
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            else:
                return

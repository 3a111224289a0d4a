"""A house's photo is on our site, where WhatsApp, Telegram and browsers fetch it."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.web import pages

JPEG = b"\xff\xd8\xff\xe0 not quite a picture"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "texts.yml").write_text("geheim")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "appel.jpg").write_bytes(JPEG)
    return tmp_path / "photos"


async def fetch(folder: Path, path: str) -> httpx.Response:
    app = Starlette(routes=[pages.photos_mount(folder)])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://adempauze.example"
    ) as http:
        return await http.get(path)


async def test_a_photo_is_served_as_what_it_is(folder: Path) -> None:
    response = await fetch(folder, "/photos/appel.jpg")
    assert (response.status_code, response.content) == (200, JPEG)
    assert response.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("path", ["/photos/peer.jpg", "/photos/", "/photos/%2e%2e/texts.yml"])
async def test_nothing_else_is(folder: Path, path: str) -> None:
    assert (await fetch(folder, path)).status_code == 404


async def test_a_region_without_photos_has_none(tmp_path: Path) -> None:
    assert (await fetch(tmp_path / "photos", "/photos/appel.jpg")).status_code == 404

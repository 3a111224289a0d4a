"""The programs that some tests need from the machine; without them a test is skipped, in CI not."""

import os
import shutil
from typing import NoReturn

import pytest

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where `CI=true`."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    return found or _without("Chromium", "chromium")


def node_path() -> str:
    """The path of Node; without it the test is skipped, or fails where `CI=true`."""
    return shutil.which("node") or _without("Node", "nodejs")


def _without(name: str, package: str) -> NoReturn:
    line = f"{name} is missing: `sudo apt-get install {package}` (or .ci/run) installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)

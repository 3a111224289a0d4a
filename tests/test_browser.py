"""What a test does where Chromium or Node is missing."""

from collections.abc import Callable

import pytest

from tests.browser import chromium_path, node_path


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.mark.parametrize(("find", "package"), [(chromium_path, "chromium"), (node_path, "nodejs")])
class TestWithoutTheProgram:
    def test_a_test_is_skipped_with_the_command_that_installs_it(
        self, find: Callable[[], str], package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("CI", raising=False)
        with pytest.raises(pytest.skip.Exception, match=f"apt-get install {package}"):
            find()

    def test_in_ci_it_fails(
        self, find: Callable[[], str], package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match=f"apt-get install {package}"):
            find()

"""tools/setup.py finds interpreters, notices what changed, and says what to do when it cannot."""

import sys
from pathlib import Path

import pytest

from tools import interpreters, setup

ROOT = Path(__file__).resolve().parent.parent


def interpreter(path: Path, answer: str = "cpython True 3 10", code: int = 0) -> str:
    """A program that answers like a Python of that version, or refuses like a pyenv shim."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {answer}\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


class TestTheSearchForAnInterpreter:
    def test_uvs_own_comes_first_and_of_those_the_newest(self, tmp_path: Path) -> None:
        for patch in ("9", "15", "2"):
            interpreter(tmp_path / f"uv/cpython-3.10.{patch}-linux-x86_64-gnu/bin/python3.10")
        interpreter(tmp_path / "pyenv/versions/3.10.16/bin/python3.10")
        found = interpreters.find(
            ["3.10"], {"PYENV_ROOT": str(tmp_path / "pyenv")}, managed=tmp_path / "uv"
        )
        assert found == str(tmp_path / "uv/cpython-3.10.15-linux-x86_64-gnu/bin/python3.10")

    def test_pyenvs_is_found_without_being_activated(self, tmp_path: Path) -> None:
        wanted = interpreter(tmp_path / "versions/3.10.13/bin/python3.10")
        interpreter(tmp_path / "versions/3.9.18/bin/python3.9")
        found = interpreters.find(["3.10"], {"PYENV_ROOT": str(tmp_path)}, managed=None)
        assert found == wanted

    def test_pyenvs_is_found_in_the_home_folder_without_any_variable(self, tmp_path: Path) -> None:
        wanted = interpreter(tmp_path / ".pyenv/versions/3.10.13/bin/python3.10")
        assert interpreters.find(["3.10"], {"HOME": str(tmp_path)}, managed=None) == wanted

    def test_a_shim_that_refuses_is_passed_over_for_one_further_on(self, tmp_path: Path) -> None:
        interpreter(tmp_path / "shims/python3.10", answer="", code=127)
        wanted = interpreter(tmp_path / "bin/python3.10")
        path = f"{tmp_path / 'shims'}:{tmp_path / 'bin'}"
        found = interpreters.find(["3.10"], {"HOME": str(tmp_path), "PATH": path}, managed=None)
        assert found == wanted

    @pytest.mark.parametrize(
        "answer", ["cpython True 3 11", "pypy True 3 10", "cpython False 3 10"]
    )
    def test_another_version_implementation_or_width_is_not_taken(
        self, answer: str, tmp_path: Path
    ) -> None:
        interpreter(tmp_path / "python3.10", answer=answer)
        nowhere = {"HOME": str(tmp_path), "PATH": str(tmp_path)}
        assert interpreters.find(["3.10"], nowhere, managed=None) is None

    def test_the_versions_are_tried_in_order(self, tmp_path: Path) -> None:
        interpreter(tmp_path / "python3.12", answer="cpython True 3 12")
        wanted = interpreter(tmp_path / "python3.11", answer="cpython True 3 11")
        nowhere = {"HOME": str(tmp_path), "PATH": str(tmp_path)}
        assert interpreters.find(["3.11", "3.12"], nowhere, managed=None) == wanted

    def test_the_python_that_runs_this_is_a_candidate(self) -> None:
        version = f"3.{sys.version_info.minor}"
        assert interpreters.find([version], {"HOME": "/nonexistent"}, managed=None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which both environments are up to date, as far as the stamps tell."""
    for name in ("pyproject.toml", "requirements"):
        (tmp_path / name).symlink_to(ROOT / name)
    for environment in (setup.APPLICATION, setup.RASA):
        folder = tmp_path / environment.folder
        interpreter(folder / "bin/python")
        (folder / setup.STAMP).write_text(setup.stamp_of(tmp_path, environment), encoding="utf-8")
    return tmp_path


def change(root: Path, name: str) -> None:
    """Change one file of the project, and not the real one that it links to."""
    text = (root / name).read_text(encoding="utf-8")
    for linked in (root / "requirements", root / name):
        if linked.is_symlink():
            linked.unlink()
    (root / "requirements").mkdir(exist_ok=True)
    for real in (ROOT / "requirements").iterdir():
        (root / "requirements" / real.name).write_bytes(real.read_bytes())
    (root / name).write_text(text + "# changed\n", encoding="utf-8")


class TestWhatIsOutOfDate:
    def test_no_program_is_started_when_nothing_changed(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "run", None)
        setup.bring_up_to_date(project, [setup.APPLICATION, setup.RASA])

    @pytest.mark.parametrize(
        ("name", "application", "rasa"),
        [
            ("requirements/app.txt", False, True),
            ("requirements/dev.txt", False, True),
            ("requirements/rasa.txt", True, False),
            ("requirements/tools.txt", True, True),
            ("pyproject.toml", False, True),
        ],
    )
    def test_a_changed_file_touches_only_the_environments_made_from_it(
        self, name: str, application: bool, rasa: bool, project: Path
    ) -> None:
        change(project, name)
        assert setup.is_current(project, setup.APPLICATION) is application
        assert setup.is_current(project, setup.RASA) is rasa

    def test_an_environment_whose_python_is_gone_is_out_of_date(self, project: Path) -> None:
        (project / ".venv/bin/python").unlink()
        assert not setup.is_current(project, setup.APPLICATION)

    def test_a_project_that_was_moved_is_out_of_date_and_not_reusable(self, project: Path) -> None:
        moved = project.parent / "moved"
        (project / ".venv/bin/activate").write_text(f"VIRTUAL_ENV={project}/.venv")
        assert setup.is_reusable(project, setup.APPLICATION) is False  # it is a 3.10
        interpreter(project / ".venv/bin/python", answer="cpython True 3 11")
        assert setup.is_reusable(project, setup.APPLICATION) is True
        project.rename(moved)
        assert not setup.is_current(moved, setup.APPLICATION)
        assert not setup.is_reusable(moved, setup.APPLICATION)


class TestWhatCannotBeHad:
    def test_without_an_interpreter_the_error_names_what_was_tried_and_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(interpreters, "find", lambda *_: None)
        uv = interpreter(tmp_path / "uv", answer="", code=1)
        with pytest.raises(setup.SetupError) as raised:
            setup.download_interpreter(setup.RASA, uv)
        for words in ("Rasa 3.6 needs Python 3.10", "PYENV_ROOT", "PATH", "pyenv install 3.10"):
            assert words in str(raised.value)

    def test_without_uv_and_without_venv_the_error_says_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(interpreters, "version_of", lambda _: None)
        with pytest.raises(setup.SetupError, match="apt-get install python3-venv"):
            setup.make_tool_environment(tmp_path / ".tools")

    @pytest.mark.parametrize(
        ("answer", "taken"), [("uv 0.13.9", True), ("uv 0.4.30", False), ("nonsense", False)]
    )
    def test_a_uv_that_is_too_old_or_does_not_run_is_not_used(
        self, answer: str, taken: bool, tmp_path: Path
    ) -> None:
        uv = interpreter(tmp_path / "bin/uv", answer=answer)
        found = setup.find_uv(tmp_path, {"PATH": str(tmp_path / "bin")})
        assert found == (uv if taken else None)

    def test_uv_of_the_tool_environment_is_used_when_the_path_has_none(
        self, tmp_path: Path
    ) -> None:
        uv = interpreter(tmp_path / ".tools/bin/uv", answer="uv 0.13.9")
        assert setup.find_uv(tmp_path, {"PATH": ""}) == uv

    def test_a_failing_step_ends_with_one_line_and_code_one(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail(*_: object) -> None:
            raise setup.SetupError("no network: try again")

        monkeypatch.setattr(setup, "bring_up_to_date", fail)
        assert setup.main([]) == 1
        assert capsys.readouterr().err == "setup: no network: try again\n"

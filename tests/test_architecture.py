"""The arrows of docs/architecture.md, and what no committed file may hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT

OURS = ("bot", "actions", "integrations")
# What a part may import of ours besides itself; the longest fitting name counts.
ALLOWED: dict[str, tuple[str, ...]] = {
    "bot.errors": (),
    "bot.messages": (),
    "bot.metrics": (),
    "bot.logs": (),
    "bot.settings": ("bot.errors", "bot.store.vault"),
    "bot.nlu": (),
    "bot.store": ("bot.messages", "bot.errors"),
    "bot.services": ("bot.store", "bot.messages", "bot.errors", "bot.nlu"),
    "integrations": ("bot.messages", "bot.errors", "bot.settings"),
    "actions": (
        "bot.services",
        "bot.messages",
        "bot.errors",
        "bot.metrics",
        "bot.nlu",
        "bot.store.database",
        "bot.store.tables",
    ),
}
# Libraries that belong to one side only.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "bot.services": ("starlette", "uvicorn", "rasa_sdk", "procrastinate", "twilio", "telegram"),
    "bot.store": ("starlette", "uvicorn", "rasa_sdk", "twilio", "telegram"),
    "integrations": ("sqlalchemy", "psycopg", "procrastinate", "rasa_sdk"),
    "bot.messages": ("starlette", "sqlalchemy", "twilio", "telegram"),
}
STARTERS = ("bot.app", "bot.cli")
MAY_START = ("bot.app", "bot.cli", "bot.commands", "bot.stack", "bot.bench")


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of ours by its dotted name."""
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts).removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports anywhere in it, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            # `from bot import app` imports the module bot.app.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def rule_for(module: str, rules: dict[str, tuple[str, ...]]) -> str | None:
    return max((name for name in rules if within(module, name)), key=len, default=None)


MODULES = list(modules())


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[name for name, _ in MODULES])
class TestArrows:
    def test_it_imports_only_what_its_part_may(self, module: str, path: Path) -> None:
        part = rule_for(module, ALLOWED)
        if part is None:
            return
        ours = [name for name in imports(path) if within(name, *OURS)]
        assert [name for name in ours if not within(name, part, *ALLOWED[part])] == []

    def test_it_uses_no_library_of_another_part(self, module: str, path: Path) -> None:
        part = rule_for(module, FORBIDDEN)
        if part is None:
            return
        assert [name for name in imports(path) if within(name, *FORBIDDEN[part])] == []

    def test_it_starts_nothing_unless_that_is_its_work(self, module: str, path: Path) -> None:
        if not within(module, *MAY_START):
            assert [name for name in imports(path) if within(name, *STARTERS)] == []

    def test_only_the_components_import_rasa(self, module: str, path: Path) -> None:
        if module != "bot.nlu.components":
            assert [name for name in imports(path) if within(name, "rasa")] == []


def test_a_module_that_breaks_a_rule_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "sly.py"
    path.write_text("def f():\n    from bot import app\n    import starlette.routing\n")
    found = list(imports(path))
    assert found == ["bot.app", "starlette.routing"]
    assert within(found[0], *STARTERS)
    assert within(found[1], *FORBIDDEN["bot.services"])


def test_the_package_that_rasa_also_sees_is_empty() -> None:
    assert (ROOT / "bot" / "__init__.py").read_bytes() == b""


# Put together from pieces, so that this file is clean itself.
_REGISTRIES = (
    "pypi" + r"\.(?:org|python)",
    r"files\.python" + r"hosted\.",
    r"registry\.(?:npm" + r"js|yarn" + r"pkg)\.",
    r"(?:artifactory|nexus|devpi)" + r"\.[a-z]",
    r"proxy\.go" + r"lang\.",
    "--(?:extra-)?index-" + "url ",
)
_MACHINE = (
    r"(?<![\w.:/~-])/(?:ro" + r"ot|wo" + r"rk|Us" + r"ers)/\w",
    r"(?<![\w.:/~-])/ho" + r"me/\w",
    r"(?<![\w.:/~-])/opt/wh" + "eels",
)
UNWANTED = re.compile("|".join(_REGISTRIES + _MACHINE))


def committed() -> list[Path]:
    """The files that are, or would be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git work tree, so nothing tells which files are committed")
    names = sorted({name for name in listed.stdout.decode().split("\0") if name})
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_committed_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = []
    for path in committed():
        text = path.read_bytes().decode(errors="replace")
        if "\0" not in text:
            found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in UNWANTED.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "https://" + "pypi" + ".org/simple",
        "--index-" + "url https://mirror",
        "open('/ro" + "ot/data')",
        "see /ho" + "me/anne/adempauze",
    ],
)
def test_what_is_unwanted_would_be_found(line: str) -> None:
    assert UNWANTED.search(line)


@pytest.mark.parametrize("line", ["~/.pyenv", "https://a.example/work/x", "$HOME/x", "bot/work/a"])
def test_what_is_fine_is_let_through(line: str) -> None:
    assert not UNWANTED.search(line)

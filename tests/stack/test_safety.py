"""The safety examples are learnt when they changed, and only then; a new line is taken to heart."""

import asyncio
from pathlib import Path

import pytest

from bot.conversation.safety_likeness import Learnt, Likeness
from bot.errors import ContentError
from bot.messages import Tier
from bot.nlu.tokens import tokens
from bot.stack.errors import StackError
from bot.stack.safety import KEPT, learnt

LINES = {
    Tier.IMMEDIATE: ["hij ademt niet meer", "ze krijgt geen lucht"],
    Tier.SUICIDE: ["ik wil niet meer leven", "was ik er maar niet meer"],
    Tier.VIOLENCE: ["hij slaat mij", "ze knijpt hem blauw"],
    Tier.MEDICAL: ["hij is gevallen", "ze heeft hoge koorts"],
    Tier.OVERLOAD: ["ik kan niet meer", "ik stort in"],
    Tier.NONE: ["wat kost een weekend", "dank u wel", "mijn man heeft dementie"],
}
ORDINARY = """
nlu:
  - intent: greet
    examples: |
      - goedemorgen
      - dag
  - lookup: pets
    examples: "- hond"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project with a few examples."""
    examples = tmp_path / "project/data/safety/examples"
    examples.mkdir(parents=True)
    for tier, lines in LINES.items():
        (examples / f"{tier}.txt").write_text("# a comment\n" + "\n".join(lines), encoding="utf-8")
    nlu = tmp_path / "project/data/nlu"
    nlu.mkdir()
    (nlu / "greet.yml").write_text(ORDINARY, encoding="utf-8")
    return tmp_path / "project"


def share(path: Path, text: str, tier: Tier) -> float:
    """How much what was learnt sees of a tier in a text."""
    return Likeness(Learnt.read(path)).shares(tokens(text))[0][tier]


@pytest.mark.slow
async def test_it_is_learnt_once(project: Path, tmp_path: Path) -> None:
    notes: list[str] = []
    first, second = await asyncio.gather(
        learnt(project, tmp_path, notes.append), learnt(project, tmp_path, notes.append)
    )
    assert first == second
    assert notes.count("learning from examples") == 1
    assert share(first, "hij slaat mij", Tier.VIOLENCE) > 0.5
    assert share(first, "goedemorgen", Tier.VIOLENCE) < 0.5


@pytest.mark.slow
async def test_a_new_line_is_taken_to_heart(project: Path, tmp_path: Path) -> None:
    before = await learnt(project, tmp_path)
    said = "zijn handen zaten om mijn hals"
    with (project / "data/safety/examples/1b.txt").open("a", encoding="utf-8") as file:
        file.write(f"\n{said}\n")
    after = await learnt(project, tmp_path)
    assert share(after, said, Tier.VIOLENCE) > max(0.5, share(before, said, Tier.VIOLENCE))


@pytest.mark.slow
async def test_only_what_was_used_last_is_kept(project: Path, tmp_path: Path) -> None:
    made = []
    for number in range(KEPT + 1):
        with (project / "data/safety/examples/none.txt").open("a", encoding="utf-8") as file:
            file.write(f"\nregel {number}\n")
        made.append(await learnt(project, tmp_path))
    assert sorted((tmp_path / "models").iterdir()) == sorted(made[-KEPT:])


@pytest.mark.slow
@pytest.mark.parametrize("content", [None, "# only a comment\n"])
async def test_a_tier_without_lines_is_an_error_that_names_the_file(
    content: str | None, project: Path, tmp_path: Path
) -> None:
    path = project / "data/safety/examples/1c.txt"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError if content is None else StackError, match=r"1c\.txt"):
        await learnt(project, tmp_path)


def test_what_is_missing_or_damaged_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "safety-x.npz"
    with pytest.raises(ContentError, match="missing: `adempauze train`"):
        Learnt.read(path)
    path.write_bytes(b"no numbers")
    with pytest.raises(ContentError, match="damaged: delete it"):
        Learnt.read(path)

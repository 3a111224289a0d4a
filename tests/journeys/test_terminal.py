"""`adempauze chat`: the same path as every channel, in the terminal."""

from pathlib import Path

import pytest

from bot.terminal import Terminal, talk
from tests.journeys.conftest import Town
from tests.journeys.talks import read

pytestmark = pytest.mark.slow


def in_the_terminal(town: Town) -> Terminal:
    app = town.app
    return Terminal(app.inbox, app.timeline, app.database, app.rasa)


async def test_a_talk_in_the_terminal_is_answered_explained_and_kept(
    town: Town, tmp_path: Path
) -> None:
    said = iter(["Ik zorg voor mijn man, hij heeft dementie", " ", "wat kost dat?", None])
    shown: list[str] = []
    terminal = in_the_terminal(town)
    await talk(terminal, lambda: next(said), shown.append, details=True)

    written = "\n".join(shown)
    assert "computer" in written
    assert "21,80" in written
    assert "    intent: ask_cost" in written
    assert "    stage: " in written

    terminal.keep(tmp_path / "kept.yml", "Een echtgenote")
    kept = read(tmp_path / "kept.yml")
    assert [step.types for step in kept.steps] == [
        "Ik zorg voor mijn man, hij heeft dementie",
        "wat kost dat?",
    ]
    assert all(step.hears for step in kept.steps)


async def test_a_human_who_is_waited_for_does_not_hold_up_the_terminal(town: Town) -> None:
    terminal = in_the_terminal(town)
    asked = await terminal.say("medewerker")
    assert "Verder met de assistent" in asked[-1].choices[-1].title
    assert await terminal.say("bent u daar?") == []
    assert terminal.steps[-1] == {"types": "bent u daar?", "silent": True}

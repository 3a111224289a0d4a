"""A model belongs to exactly its ingredients and is trained only when it is not there."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.stack.errors import StackError
from bot.stack.model import KEPT, digest, train


def trainings(project: Path) -> int:
    """How often Rasa trained."""
    found = project / "trainings"
    return len(found.read_text()) if found.exists() else 0


class TestTheDigest:
    @pytest.mark.parametrize(
        "name",
        [
            "config.yml",
            "domain.yml",
            "requirements/rasa.txt",
            "data/nlu/greet.yml",
            "data/stories/greet.yml",
            "data/rules/greet.yml",
            "bot/nlu/components.py",
        ],
    )
    def test_it_changes_with_every_ingredient(self, name: str, project: Path) -> None:
        before = digest(project)
        (project / name).write_text("something else", encoding="utf-8")
        assert digest(project) != before

    @pytest.mark.parametrize(
        "name", ["data/content/demo/costs.yml", "bot/app.py", "bot/nlu/decision.py"]
    )
    def test_it_does_not_change_with_what_rasa_never_reads(self, name: str, project: Path) -> None:
        before = digest(project)
        (project / name).write_text("something else", encoding="utf-8")
        assert digest(project) == before

    def test_it_changes_when_a_file_is_added_renamed_or_removed(self, project: Path) -> None:
        seen = {digest(project)}
        added = project / "data/nlu/deep/thank.yml"
        added.parent.mkdir()
        added.write_text("nlu: []")
        seen.add(digest(project))
        added.rename(added.with_name("bye.yml"))
        seen.add(digest(project))
        (project / "data/rules/greet.yml").unlink()
        seen.add(digest(project))
        assert len(seen) == 4

    def test_a_text_that_moves_to_the_next_file_changes_it(self, project: Path) -> None:
        nlu = project / "data/nlu"
        (nlu / "a.yml").write_text("one two")
        (nlu / "b.yml").write_text("")
        before = digest(project)
        (nlu / "a.yml").write_text("one ")
        (nlu / "b.yml").write_text("two")
        assert digest(project) != before

    def test_a_project_without_a_configuration_is_an_error_that_names_it(
        self, project: Path
    ) -> None:
        (project / "config.yml").unlink()
        with pytest.raises(ContentError, match=r"config\.yml is missing"):
            digest(project)


class TestTraining:
    async def test_it_happens_once_and_says_which_component_is_at_work(
        self, project: Path, tmp_path: Path
    ) -> None:
        notes: list[str] = []
        first = await train(project, tmp_path, note=notes.append)
        second = await train(project, tmp_path)
        assert first == second == tmp_path / "models" / f"{digest(project)}.tar.gz"
        assert first.read_text() == "a model"
        assert trainings(project) == 1
        assert notes == ["training", "LogisticRegressionClassifier"]

    async def test_changed_data_gets_a_model_of_its_own(
        self, project: Path, tmp_path: Path
    ) -> None:
        first = await train(project, tmp_path)
        (project / "domain.yml").write_text("intents: []")
        assert await train(project, tmp_path) != first
        assert trainings(project) == 2

    async def test_two_at_once_train_once(self, project: Path, tmp_path: Path) -> None:
        waits: list[str] = []
        models = await asyncio.gather(
            train(project, tmp_path, note=waits.append), train(project, tmp_path, note=waits.append)
        )
        assert models[0] == models[1]
        assert trainings(project) == 1
        assert "another process is training; waiting for it" in waits

    async def test_data_edited_meanwhile_are_trained_again_and_never_under_the_old_name(
        self, project: Path, tmp_path: Path
    ) -> None:
        old = digest(project)
        (project / "edited-while-training").write_text("nlu: [x]")
        model = await train(project, tmp_path)
        assert model.name == f"{digest(project)}.tar.gz"
        assert not (tmp_path / "models" / f"{old}.tar.gz").exists()
        assert trainings(project) == 2

    async def test_a_failure_shows_rasas_last_words_and_leaves_no_model(
        self, project: Path, tmp_path: Path
    ) -> None:
        (project / "broken").touch()
        with pytest.raises(StackError) as raised:
            await train(project, tmp_path)
        assert str(raised.value).endswith("    InvalidConfigException: no such policy")
        assert str(tmp_path / "train.log") in str(raised.value)
        assert list((tmp_path / "models").iterdir()) == []

    async def test_the_models_used_last_are_kept(self, project: Path, tmp_path: Path) -> None:
        made = []
        for number in range(KEPT + 2):
            (project / "domain.yml").write_text(f"intents: [i{number}]")
            made.append(await train(project, tmp_path))
        assert sorted((tmp_path / "models").iterdir()) == sorted(made[-KEPT:])

    async def test_without_rasas_environment_the_error_says_how_to_make_it(
        self, project: Path, tmp_path: Path
    ) -> None:
        (project / ".venv-rasa/bin/rasa").unlink()
        with pytest.raises(StackError, match=r"tools/setup\.py"):
            await train(project, tmp_path)

"""The baseline: `rasa init`'s default pipeline and policies, on our own data, spoken to directly.

The pipeline and policies are those that Rasa 3.6 suggests when config.yml names none
(rasa/engine/recipes/config_files/default_config.yml); the figures are settings, not text of ours.
"""

import shutil
from pathlib import Path
from typing import Any

import yaml

_CONFIG: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "baseline",
    "language": "nl",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
        {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
    ],
}


def project(root: Path, folder: Path, epochs: int) -> Path:
    """A Rasa project with our data and the default configuration, in `folder`.

    Args:
        root: our project.
        folder: is made anew.
        epochs: how long its networks train; how fast they answer does not depend on it.

    Returns:
        The folder, laid out as the project's root is, for bot/stack/model.py.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(root / name, folder / name)
    for name in ("nlu", "stories", "rules"):
        # The word classes are our classifier's; the default would make patterns of them.
        ignored = shutil.ignore_patterns("words")
        shutil.copytree(root / "data" / name, folder / "data" / name, ignore=ignored)
    (folder / "requirements").mkdir()
    shutil.copy(root / "requirements" / "rasa.txt", folder / "requirements" / "rasa.txt")
    (folder / "config.yml").write_text(yaml.safe_dump(_with(epochs), sort_keys=False))
    (folder / ".venv-rasa").symlink_to(root / ".venv-rasa")
    return folder


def _with(epochs: int) -> dict[str, Any]:
    parts = {
        name: [part | ({"epochs": epochs} if "epochs" in part else {}) for part in _CONFIG[name]]
        for name in ("pipeline", "policies")
    }
    return _CONFIG | parts

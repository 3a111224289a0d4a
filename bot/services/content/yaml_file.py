"""Reads one YAML file into plain values. Never executes anything and never drops a doubled key."""

from pathlib import Path

import yaml

from bot.errors import ContentError


def read_yaml(path: Path) -> object:
    """The values in the file.

    Raises:
        ContentError: the file is missing, unreadable, not valid YAML, or has a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(f"{path.name}: missing; every region has this file: {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            f"{path.name}: save it as UTF-8 text that we may read: {error}"
        ) from None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        _refuse_doubles(path.name, node)
        return None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError(f"{path.name}: not valid YAML, correct this place: {error}") from None


def _refuse_doubles(file: str, node: yaml.Node | None) -> None:
    # PyYAML keeps the last of two equal keys without a word, so an edit could vanish unseen.
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubles(file, item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[object] = set()
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            line = key.start_mark.line + 1
            raise ContentError(f"{file}: {key.value}: written twice (line {line}); remove one")
        seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        _refuse_doubles(file, value)

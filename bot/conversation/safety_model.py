"""Where that lies which was learnt from the example lines. Named after all that it is made from."""

import hashlib
from pathlib import Path

from bot.conversation import safety_examples, safety_likeness, safety_training
from bot.errors import ContentError
from bot.nlu import text, tokens

_CODE = (safety_examples, safety_likeness, safety_training, text, tokens)


def learnt_path(root: Path, data_dir: Path) -> Path:
    """The file that belongs to today's examples; made by `adempauze train`.

    Raises:
        ContentError: an example file is missing.
    """
    total = hashlib.sha256()
    for path in [*safety_examples.sources(root), *(Path(str(part.__file__)) for part in _CODE)]:
        try:
            total.update(path.read_bytes())
        except OSError as error:
            raise ContentError(f"{path} cannot be read ({error.strerror}); put it there") from error
    return data_dir / "models" / f"safety-{total.hexdigest()[:20]}.npz"

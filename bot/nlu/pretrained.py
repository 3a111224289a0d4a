"""What a pretrained multilingual model makes of a sentence; optional and off by default.

A region that may download one puts an export of a sentence model into a folder (`model.onnx` and
`tokenizer.json`, the form in which such models are published) and names the folder in config.yml.
Runs inside Rasa, on Python 3.10; without it nothing here is imported.
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
# Longer messages say nothing new to a sentence model, and cost its time squared.
LONGEST = 128  # tokens
_AT_ONCE = 64  # sentences


class PretrainedModelMissing(Exception):
    """The folder that config.yml names does not hold a model; the message says what to do."""


class Sentences:
    """Vectors of sentences: alike in meaning, near in space.

    Args:
        folder: holds `model.onnx` and `tokenizer.json`.
        prefix: put before each sentence; some models were trained so ("query: ").

    Raises:
        PretrainedModelMissing: a file is not there.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        for name in (MODEL, TOKENIZER):
            if not (folder / name).is_file():
                raise PretrainedModelMissing(
                    f"{folder / name} is missing: put the export of a sentence model there, "
                    "or leave `pretrained` in config.yml empty"
                )
        self._folder = folder
        self._prefix = prefix
        self._session: Optional[Any] = None
        self._tokenizer: Optional[Any] = None

    def vectors(self, texts: Sequence[str]) -> Any:
        """One row of length one per text, shape (texts, width of the model)."""
        batches = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
        return np.vstack([self._batch(batch) for batch in batches])

    def _batch(self, texts: Sequence[str]) -> Any:
        session, tokenizer = self._opened()
        encoded = tokenizer.encode_batch([self._prefix + text for text in texts])
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        given = {
            "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        wanted = {put.name for put in session.get_inputs()}
        states = session.run(None, {n: rows for n, rows in given.items() if n in wanted})[0]
        return _mean(states, mask)

    def _opened(self) -> List[Any]:
        """The model, opened when it is first used: a trained classifier keeps only its folder."""
        if self._session is None:
            self._session = onnxruntime.InferenceSession(
                str(self._folder / MODEL), providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
            self._tokenizer.enable_truncation(LONGEST)
            self._tokenizer.enable_padding()
        return [self._session, self._tokenizer]

    def __getstate__(self) -> Dict[str, Any]:
        """Without the open model."""
        return {**vars(self), "_session": None, "_tokenizer": None}


def _mean(states: Any, mask: Any) -> Any:
    """The mean of the tokens' states, padding left out, brought to length one."""
    weights = mask[:, :, None].astype(np.float32)
    rows = (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

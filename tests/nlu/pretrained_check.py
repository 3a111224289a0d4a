"""A tiny sentence model, made here, goes the whole way through Rasa; runs in Rasa's environment.

In it "hond" has the vector of "kat" and "geld" that of "prijs", so a classifier that was taught
"kat" and "prijs" knows the other two by the model alone. Prints what each was taken for.
"""

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

WORDS = {"[PAD]": 0, "[UNK]": 1, "kat": 2, "hond": 3, "prijs": 4, "geld": 5}
VECTORS = np.array(
    [[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]], dtype=np.float32
)
NLU = """version: "3.1"
nlu:
  - intent: ask_pets
    examples: |
      - kat
      - de kat
      - en kat
  - intent: ask_cost
    examples: |
      - prijs
      - de prijs
      - en prijs
"""
CONFIG = """recipe: default.v1
assistant_id: tiny
language: nl
pipeline:
  - name: bot.nlu.components.DutchIntents
    pretrained: "{folder}"
policies: []
"""


def make(folder: Path) -> None:
    """Write the model and its tokenizer in the form in which sentence models are published."""
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])
    states = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["batch", "tokens", 3])
    look_up = helper.make_node("Gather", ["table", "input_ids"], ["states"])
    table = numpy_helper.from_array(VECTORS, "table")
    graph = helper.make_graph([look_up], "tiny", [ids], [states], [table])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    folder.mkdir()
    onnx.save(model, str(folder / "model.onnx"))
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))


def understood(project: Path, pretrained: str) -> dict[str, list[float]]:
    """What a model trained in `project` takes the two unknown words for."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    (project / "nlu.yml").write_text(NLU)
    (project / "config.yml").write_text(CONFIG.format(folder=pretrained))
    trained = train_nlu(str(project / "config.yml"), str(project / "nlu.yml"), str(project))
    agent = Agent.load(trained)
    found = {}
    for word in ("hond", "geld"):
        parsed = asyncio.run(agent.parse_message(word))
        found[word] = [parsed["intent"]["name"], parsed["intent"]["confidence"]]
    return found


def main() -> None:
    """Print what is understood with the tiny model, and the vectors' lengths, as JSON."""
    from bot.nlu.pretrained import Sentences

    project = Path(sys.argv[1])
    make(project / "model")
    rows = Sentences(project / "model").vectors(["kat", "de kat prijs", "x " * 300])
    result = {
        "understood": understood(project, str(project / "model")),
        "lengths": np.linalg.norm(rows, axis=1).tolist(),
        "shape": list(rows.shape),
        "padded_is_the_same": bool(
            np.allclose(rows[0], Sentences(project / "model").vectors(["kat"]))
        ),
    }
    Path(sys.argv[2]).write_text(json.dumps(result))


if __name__ == "__main__":
    main()

"""What Rasa loads of ours: one intent classifier. The only file here that imports rasa.

It hands Rasa's training data and messages to bot/nlu/classifier.py, with one thing that Rasa's own
classifiers do not look at: what the assistant had just asked.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import Classifier, Example, Vectors

_FILE = "classifier.joblib"
# The slot in which the dialogue keeps the question that it asked last, outside a form.
_ASKED = "asked"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DutchIntents(GraphComponent, IntentClassifier):
    """Gives each message its intent and the ranking of the likely ones."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What config.yml may set; bot/nlu/classifier.py says what each does."""
        return {
            "regularisation": 1.0,
            "sharpness": 6.0,
            "ranking_length": 12,
            # A folder with a pretrained sentence model, and what it wants before each sentence.
            "pretrained": "",
            "pretrained_prefix": "",
        }

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._classifier: Optional[Classifier] = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003  # Rasa names it
    ) -> "DutchIntents":
        """A new, untrained one."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003  # Rasa names it
        **kwargs: Any,  # noqa: ARG003
    ) -> "DutchIntents":
        """The one that was trained."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded._classifier = joblib.load(folder / _FILE)
        return loaded

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:  # noqa: ARG003
        """Our code, so that Rasa's cache never gives back what older code has learnt."""
        files = sorted(Path(__file__).parent.glob("*.py"))
        return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and the lookup tables, and keep what was learnt."""
        tables = {table["name"]: table["elements"] for table in training_data.lookup_tables}
        self._classifier = Classifier(
            tables,
            self._config["regularisation"],
            self._config["sharpness"],
            self._sentences(),
        )
        self._classifier.fit(
            [
                Example(message.get(TEXT), message.get(INTENT), _written_for(message))
                for message in training_data.intent_examples
                if message.get(TEXT) and message.get(INTENT)
            ]
        )
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._classifier, folder / _FILE)
        return self._resource

    def _sentences(self) -> Optional[Vectors]:
        """The pretrained model that config.yml names, None by default."""
        if not self._config["pretrained"]:
            return None
        from bot.nlu.pretrained import Sentences  # its libraries are loaded only where it is used

        folder = Path(self._config["pretrained"]).resolve()
        return Sentences(folder, self._config["pretrained_prefix"])

    def process(
        self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None
    ) -> List[Message]:
        """Give each message its intent and the ranking of the likely ones.

        Args:
            messages: what was typed.
            tracker: the conversation so far, None when there is none.
        """
        if self._classifier is None:
            return messages
        asked, length = _asked(tracker), self._config["ranking_length"]
        for message in messages:
            if message.get(TEXT):
                found = self._classifier.ranking(message.get(TEXT), asked)[:length]
                ranking = [{"name": name, "confidence": sure} for name, sure in found]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _written_for(message: Message) -> Optional[Text]:
    """The question that a training example answers, from the metadata of its block."""
    of_intent = (message.get(METADATA) or {}).get(INTENT) or {}
    return of_intent.get(_ASKED)


def _asked(tracker: Optional[DialogueStateTracker]) -> Optional[Text]:
    """The form's question, or the one that was asked outside a form."""
    if tracker is None:
        return None
    for slot in (REQUESTED_SLOT, _ASKED):
        if tracker.get_slot(slot):
            return str(tracker.get_slot(slot))
    return None

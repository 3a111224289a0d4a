"""Measure how well messages are understood; runs in Rasa's environment (`make nlu-report`).

Three measures, from kind to harsh: the unseen set (tests/nlu/unseen.tsv, whose writers never saw
the examples), its hard part (every message indirect), and writers left out: the examples of a
quarter of the writers, understood by what the others taught.

Examples:
    .venv-rasa/bin/python tools/nlu_report.py                    every variant; some ten minutes
    .venv-rasa/bin/python tools/nlu_report.py --chosen --json    only the chosen one, for a program
"""

from __future__ import annotations

import argparse
import collections
import functools
import json
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import yaml  # noqa: E402
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import f1_score  # noqa: E402
from sklearn.naive_bayes import ComplementNB  # noqa: E402
from sklearn.pipeline import FeatureUnion, make_pipeline  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

from bot.nlu import decision  # noqa: E402
from bot.nlu.classifier import Classifier, Example  # noqa: E402
from bot.nlu.dictionary import Dictionary  # noqa: E402
from bot.nlu.text import fold  # noqa: E402

FOLDS = 4
HARD = "d"
IN_CONTEXT = "context"
_WORD = r"(?u)\b\w+\b"


@dataclass(frozen=True)
class Case:
    """A message with its true meaning, and who wrote it (or which part of the unseen set it is)."""

    example: Example
    source: str


class Understander:
    """Anything that learns from examples and gives a row of scores per message."""

    intents: list[str]

    def fit(self, examples: Sequence[Example]) -> None:
        """Learn."""
        raise NotImplementedError

    def scores(self, examples: Sequence[Example]) -> Any:
        """One row per example, one column per intent; the largest is the best."""
        raise NotImplementedError


class Chosen(Understander):
    """The classifier of bot/nlu, possibly without a part of it."""

    def __init__(self, tables: dict[str, list[str]], *, context: bool = True, **off: bool) -> None:
        self._classifier = Classifier(tables, dictionary=functools.partial(Dictionary, **off))
        self._context = context

    def fit(self, examples: Sequence[Example]) -> None:
        kept = examples if self._context else [Example(e.text, e.intent) for e in examples]
        self._classifier.fit(kept)
        self.intents = self._classifier.intents

    def scores(self, examples: Sequence[Example]) -> Any:
        asked = [e.asked if self._context else None for e in examples]
        rows = self._classifier.margins([e.text for e in examples], asked)
        sharp = np.exp((rows - rows.max(axis=1, keepdims=True)) * self._classifier.sharpness)
        return sharp / sharp.sum(axis=1, keepdims=True)


class Plain(Understander):
    """A pipeline of scikit-learn on the text alone."""

    def __init__(self, features: Any, machine: Any) -> None:
        self._pipeline = make_pipeline(features, machine)

    def fit(self, examples: Sequence[Example]) -> None:
        self._pipeline.fit([e.text for e in examples], [e.intent for e in examples])
        self.intents = [str(name) for name in self._pipeline.classes_]

    def scores(self, examples: Sequence[Example]) -> Any:
        texts = [e.text for e in examples]
        if hasattr(self._pipeline, "decision_function"):
            return self._pipeline.decision_function(texts)
        return self._pipeline.predict_proba(texts)


def variants(tables: dict[str, list[str]]) -> dict[str, Callable[[], Understander]]:
    """Everything that is compared; the chosen one comes first."""
    return {
        "chosen": lambda: Chosen(tables),
        "chosen, without context": lambda: Chosen(tables, context=False),
        "chosen, without word classes": lambda: Chosen({}),
        "chosen, without spelling": lambda: Chosen(tables, spelling=False),
        "chosen, without dictionary forms": lambda: Chosen(tables, inflection=False),
        "SVM, words and pieces of 2-5": lambda: Plain(_tfidf((2, 5)), _svm()),
        "SVM, words and pieces of 2-4": lambda: Plain(_tfidf((2, 4)), _svm()),
        "SVM, words and pieces of 3-6": lambda: Plain(_tfidf((3, 6)), _svm()),
        "SVM, words only": lambda: Plain(_words(), _svm()),
        "naive Bayes, words and pieces": lambda: Plain(_tfidf((2, 5)), ComplementNB(alpha=0.1)),
        "counts and logistic regression": lambda: Plain(
            FeatureUnion(
                [
                    ("words", CountVectorizer(preprocessor=fold, token_pattern=_WORD)),
                    (
                        "pieces",
                        CountVectorizer(
                            preprocessor=fold, analyzer="char_wb", ngram_range=(1, 4), min_df=2
                        ),
                    ),
                ]
            ),
            LogisticRegression(solver="saga", max_iter=40, class_weight="balanced", tol=1e-3),
        ),
    }


def _svm() -> LinearSVC:
    return LinearSVC(C=1.0, class_weight="balanced", random_state=1)


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(
        preprocessor=fold, token_pattern=_WORD, ngram_range=(1, 2), sublinear_tf=True
    )


def _tfidf(pieces: tuple[int, int]) -> FeatureUnion:
    analysed = TfidfVectorizer(
        preprocessor=fold, analyzer="char_wb", ngram_range=pieces, sublinear_tf=True, min_df=2
    )
    return FeatureUnion([("words", _words()), ("pieces", analysed)])


def training() -> list[Case]:
    """The examples of data/nlu with their writers."""
    return [
        Case(Example(line[2:], block["intent"], block["metadata"].get("asked")), voice)
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for voice in [block["metadata"]["voice"]]
        for line in block["examples"].splitlines()
    ]


def word_classes() -> dict[str, list[str]]:
    """The lookup tables of data/nlu/words."""
    return {
        table["lookup"]: [line[2:] for line in table["examples"].splitlines()]
        for path in sorted((ROOT / "data" / "nlu" / "words").glob("*.yml"))
        for table in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    }


def unseen() -> list[Case]:
    """The messages of tests/nlu/unseen.tsv."""
    lines = (ROOT / "tests" / "nlu" / "unseen.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [
        Case(Example(text, intent, asked or None), source) for source, asked, intent, text in rows
    ]


def measured(scores: Any, intents: list[str], cases: Sequence[Case]) -> dict[str, float]:
    """Accuracy, macro-F1 and the share whose meaning is among the first three."""
    truth = [case.example.intent for case in cases]
    order = np.argsort(-scores, axis=1)
    best = [intents[row[0]] for row in order]
    among = [
        intent in {intents[i] for i in row[:3]} for intent, row in zip(truth, order, strict=True)
    ]
    return {
        "accuracy": float(np.mean([a == b for a, b in zip(best, truth, strict=True)])),
        "macro_f1": float(f1_score(truth, best, average="macro", zero_division=0)),
        "top3": float(np.mean(among)),
    }


def outcomes(scores: Any, intents: list[str], cases: Sequence[Case]) -> dict[str, float]:
    """What a person meets: answered right, offered, answered wrong, offered in vain, fallback."""
    found: collections.Counter[str] = collections.Counter()
    for row, case in zip(scores, cases, strict=True):
        ranking = [(intents[i], float(row[i])) for i in np.argsort(-row)[:12]]
        kind, names = decision.decide(ranking)
        found[_outcome(kind, names, ranking[0][0], case.example.intent)] += 1
    return {name: found[name] / len(cases) for name in OUTCOMES}


OUTCOMES = ("right at once", "offered", "wrong at once", "offered in vain", "fallback")


def _outcome(kind: str, names: Sequence[str], best: str, truth: str) -> str:
    if kind == "answer":
        return "right at once" if best == truth else "wrong at once"
    if kind == "choose":
        return "offered" if truth in names else "offered in vain"
    return "fallback"


def left_out(cases: Sequence[Case]) -> Iterator[tuple[list[Case], list[Case]]]:
    """Pairs of (examples to learn from, messages of writers who are not among them)."""
    voices = sorted({case.source for case in cases})
    for fold_number in range(FOLDS):
        out = set(voices[fold_number::FOLDS])
        yield [c for c in cases if c.source not in out], [c for c in cases if c.source in out]


def examine(make: Callable[[], Understander], *, harsh: bool = True) -> dict[str, Any]:
    """All figures of one variant."""
    cases, fresh = training(), unseen()
    model = make()
    began = time.perf_counter()
    model.fit([case.example for case in cases])
    trained = time.perf_counter() - began
    scores = model.scores([case.example for case in fresh])
    figures: dict[str, Any] = {
        "training_seconds": trained,
        "megabytes": len(pickle.dumps(model)) / 1e6,
        **_latency(model, fresh[:300]),
        "parts": {
            name: measured(scores[rows], model.intents, [fresh[i] for i in rows])
            for name, rows in _parts(fresh).items()
        },
        "outcomes": {
            name: outcomes(scores[rows], model.intents, [fresh[i] for i in rows])
            for name, rows in _parts(fresh).items()
        },
        "question_withheld": _without_question(model, fresh),
        "errors": _errors(scores, model.intents, fresh),
    }
    if harsh:
        figures["left_out"], figures["left_out_outcomes"], figures["writers"] = _harsh(make, cases)
    return figures


def _without_question(model: Understander, cases: Sequence[Case]) -> dict[str, float]:
    """How the messages in context are understood by who did not hear the question."""
    told = [case for case in cases if case.source == IN_CONTEXT]
    alone = [Example(case.example.text, case.example.intent) for case in told]
    return measured(model.scores(alone), model.intents, told)


def _parts(cases: Sequence[Case]) -> dict[str, list[int]]:
    sources = [case.source for case in cases]
    plain = [i for i, source in enumerate(sources) if source != IN_CONTEXT]
    return {
        "unseen": plain,
        "hard": [i for i, source in enumerate(sources) if source == HARD],
        "in context": [i for i, source in enumerate(sources) if source == IN_CONTEXT],
    }


def _latency(model: Understander, cases: Sequence[Case]) -> dict[str, float]:
    seconds = []
    for case in cases:
        began = time.perf_counter()
        model.scores([case.example])
        seconds.append((time.perf_counter() - began) * 1000)
    return {
        "p50_ms": float(np.percentile(seconds, 50)),
        "p95_ms": float(np.percentile(seconds, 95)),
    }


def _harsh(
    make: Callable[[], Understander], cases: Sequence[Case]
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    tested: list[Case] = []
    rows: list[Any] = []
    names: list[str] = []
    for taught, asked in left_out(cases):
        model = make()
        model.fit([case.example for case in taught])
        rows.append(model.scores([case.example for case in asked]))
        tested += asked
        names = model.intents
    scores = np.vstack(rows)
    best = [names[place] for place in scores.argmax(axis=1)]
    hits: dict[str, list[bool]] = collections.defaultdict(list)
    for case, intent in zip(tested, best, strict=True):
        hits[case.source].append(case.example.intent == intent)
    writers = {name: float(np.mean(right)) for name, right in sorted(hits.items())}
    return measured(scores, names, tested), outcomes(scores, names, tested), writers


def _errors(scores: Any, intents: list[str], cases: Sequence[Case]) -> list[dict[str, Any]]:
    found = []
    for row, case in zip(scores, cases, strict=True):
        best = intents[int(row.argmax())]
        if best != case.example.intent:
            found.append({"text": case.example.text, "is": case.example.intent, "read as": best})
    return found


def confusion(errors: Sequence[dict[str, Any]]) -> str:
    """The matrix as lines of tab-separated values: true meaning, read as, how often."""
    counted = collections.Counter((error["is"], error["read as"]) for error in errors)
    lines = [f"{truth}\t{best}\t{times}" for (truth, best), times in counted.most_common()]
    return "\n".join(["is\tread as\ttimes", *lines]) + "\n"


def _row(name: str, figures: dict[str, Any]) -> str:
    parts, harsh = figures["parts"], figures["left_out"]
    cells = [
        name,
        f"{parts['unseen']['accuracy']:.3f}",
        f"{parts['unseen']['macro_f1']:.3f}",
        f"{parts['unseen']['top3']:.3f}",
        f"{parts['hard']['accuracy']:.3f}",
        f"{parts['in context']['accuracy']:.3f}",
        f"{harsh['accuracy']:.3f} / {harsh['top3']:.3f}",
        f"{figures['p50_ms']:.1f} / {figures['p95_ms']:.1f}",
        f"{figures['megabytes']:.0f}",
        f"{figures['training_seconds']:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the report, and put the confusion matrix into .data/."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chosen", action="store_true", help="only the chosen one")
    parser.add_argument("--json", action="store_true", help="figures for a program")
    arguments = parser.parse_args()
    tables = word_classes()
    found: dict[str, dict[str, Any]] = {}
    for name, make in variants(tables).items():
        if arguments.chosen and name != "chosen":
            break
        sys.stderr.write(f"measuring: {name}\n")
        found[name] = examine(make, harsh=not arguments.json)
    if arguments.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    _print(found)


def _print(found: dict[str, dict[str, Any]]) -> None:
    write = sys.stdout.write
    write(
        "| variant | accuracy | macro-F1 | top 3 | hard part | in context | writers left out, "
        "top 1 / 3 | ms p50 / p95 | MB | training s |\n|---|---|---|---|---|---|---|---|---|---|\n"
    )
    for name, figures in found.items():
        write(_row(name, figures) + "\n")
    chosen = found["chosen"]
    write("\n| what a person meets | " + " | ".join(OUTCOMES) + " |\n|---|---|---|---|---|---|\n")
    for name, shares in {
        **chosen["outcomes"],
        "writers left out": chosen["left_out_outcomes"],
    }.items():
        write(f"| {name} | " + " | ".join(f"{shares[kind]:.3f}" for kind in OUTCOMES) + " |\n")
    write("\n| writer left out | right |\n|---|---|\n")
    for voice, share in sorted(chosen["writers"].items(), key=lambda pair: pair[1]):
        write(f"| {voice} | {share:.2f} |\n")
    matrix = ROOT / ".data" / "nlu-confusion.tsv"
    matrix.parent.mkdir(exist_ok=True)
    matrix.write_text(confusion(chosen["errors"]), encoding="utf-8")
    write(f"\nThe confusion matrix is in {matrix.relative_to(ROOT)}.\n")


if __name__ == "__main__":
    main()

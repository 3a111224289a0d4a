"""Figures about the running program, in Prometheus's form; they never name a person."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

REGISTRY = CollectorRegistry()

_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.5, 1, 2, 5, 10, 30, 60)

_PARTS = Histogram(
    "adempauze_turn_part_seconds",
    "The parts of one turn: webhook, wait, rasa, action, commit, delivery.",
    ["part"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
_OUTCOMES = Counter(
    "adempauze_messages", "Inbound messages by what became of them.", ["outcome"], registry=REGISTRY
)


def part(name: str, seconds: float) -> None:
    """Note how long one part of a turn took."""
    _PARTS.labels(name).observe(seconds)


def outcome(name: str) -> None:
    """Count an inbound message by what became of it."""
    _OUTCOMES.labels(name).inc()


def exposition() -> bytes:
    """All figures, as Prometheus reads them."""
    return generate_latest(REGISTRY)

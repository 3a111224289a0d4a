"""What a benchmark measured, and how it is printed; no clock and no network here."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.table import Table

# The parts of one turn, in the order in which they happen; docs/performance.md explains them.
PARTS = ("webhook", "wait", "rasa", "action", "commit", "delivery")


@dataclass(frozen=True)
class Latency:
    """One series of turns: times in milliseconds, throughput in turns per second."""

    parallel: int
    turns: int
    p50: float
    p95: float
    per_second: float


@dataclass(frozen=True)
class Side:
    """One side of the comparison.

    Args:
        name: what was measured.
        series: one entry per number of parallel conversations.
        rasa_megabytes: resident memory of the Rasa process and its children after the load.
        rasa_start: seconds from its start until it answers.
        app_megabytes: resident memory of the application, None where there is none.
        ten_at_once: seconds until ten messages that one person sent at once were all answered,
            None where it was not measured.
    """

    name: str
    series: tuple[Latency, ...]
    rasa_megabytes: float
    rasa_start: float
    app_megabytes: float | None = None
    ten_at_once: float | None = None


def latency(parallel: int, seconds: Sequence[float], elapsed: float) -> Latency:
    """The figures of one series; `elapsed` is its whole duration in seconds."""
    ordered = sorted(seconds)
    return Latency(
        parallel=parallel,
        turns=len(ordered),
        p50=statistics.median(ordered) * 1000,
        p95=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000,
        per_second=len(ordered) / elapsed,
    )


def ratios(ours: Side, baseline: Side) -> dict[str, float]:
    """Ours divided by the baseline; below 1 is better, but for throughput."""
    found = {}
    for mine, theirs in zip(ours.series, baseline.series, strict=True):
        found[f"p50 at {mine.parallel}"] = mine.p50 / theirs.p50
        found[f"p95 at {mine.parallel}"] = mine.p95 / theirs.p95
        found[f"turns/s at {mine.parallel}"] = mine.per_second / theirs.per_second
    found["memory of Rasa"] = ours.rasa_megabytes / baseline.rasa_megabytes
    found["start of Rasa"] = ours.rasa_start / baseline.rasa_start
    return found


def tables(ours: Side, baseline: Side, parts: Mapping[int, Mapping[str, float]]) -> list[Table]:
    """The three tables that `adempauze bench turn` prints."""
    return [_sides(ours, baseline), _ratios(ours, baseline), _parts(parts)]


def as_json(
    ours: Side, baseline: Side, parts: Mapping[int, Mapping[str, float]]
) -> dict[str, object]:
    """The same figures for a program."""
    return {
        "ours": asdict(ours),
        "baseline": asdict(baseline),
        "ratios": ratios(ours, baseline),
        "parts_ms": {str(parallel): dict(found) for parallel, found in parts.items()},
    }


def _sides(ours: Side, baseline: Side) -> Table:
    table = Table(title="One turn", title_justify="left")
    for heading in ("", "parallel", "turns", "p50 ms", "p95 ms", "turns/s", "Rasa MB", "start s"):
        table.add_column(heading, justify="left" if not heading else "right")
    for side in (ours, baseline):
        for row in side.series:
            table.add_row(
                side.name,
                *(str(row.parallel), str(row.turns), f"{row.p50:.0f}", f"{row.p95:.0f}"),
                *(f"{row.per_second:.1f}", f"{side.rasa_megabytes:.0f}"),
                f"{side.rasa_start:.0f}",
            )
    table.caption = (
        f"memory of the application: {ours.app_megabytes or 0:.0f} MB; "
        f"ten messages of one person at once: {ours.ten_at_once or 0:.1f} s"
    )
    return table


def _ratios(ours: Side, baseline: Side) -> Table:
    table = Table(title="Ratio: ours / baseline", title_justify="left")
    table.add_column("figure")
    table.add_column("ratio", justify="right")
    for name, ratio in ratios(ours, baseline).items():
        table.add_row(name, f"{ratio:.2f}")
    return table


def _parts(parts: Mapping[int, Mapping[str, float]]) -> Table:
    table = Table(title="Parts of our turn, mean ms (an action is inside rasa)")
    table.add_column("parallel", justify="right")
    for name in PARTS:
        table.add_column(name, justify="right")
    for parallel, found in parts.items():
        table.add_row(str(parallel), *(f"{found.get(name, 0):.1f}" for name in PARTS))
    return table

"""Decide what becomes of an understood message: an answer, a choice, or the fallback.

Pure, Python 3.10 and up. The two thresholds are also config.yml's; a test compares them.
"""

from typing import Literal, Sequence, Tuple

Decision = Literal["answer", "choose", "fallback"]

# Calibrated on writers that were left out of the training: fewer than 8 in 100 of their messages
# are then answered wrong at once (docs/nlu.md).
ANSWER_FROM = 0.55
# Two meanings closer than this are a guess, however likely both are.
AMBIGUOUS_BELOW = 0.05
OFFER_FROM = 0.04
OFFERED_AT_MOST = 3

# An alarm is no choice, and a "yes" or "stop" means nothing without what was said before it.
NEVER_OFFERED = frozenset(
    {
        *("greet", "goodbye", "thank", "affirm", "deny", "unsure", "skip", "ask_why", "restart"),
        *("out_of_scope", "stop", "later", "ask_my_data", "delete_my_data", "complaint"),
        *("not_a_caregiver", "i_am_care_recipient", "i_am_young"),
        *("feeling_ok", "feeling_strained", "urgent_breakdown", "feedback_positive"),
        *("bereavement", "crisis_suicide", "crisis_violence", "crisis_medical"),
    }
)


def decide(ranking: Sequence[Tuple[str, float]]) -> Tuple[Decision, Tuple[str, ...]]:
    """What becomes of a message, and the meanings that are offered when it is a choice.

    Args:
        ranking: intents with their confidence from 0 to 1, the likeliest first.

    >>> decide([("ask_cost", 0.8), ("ask_duration", 0.1)])
    ('answer', ())
    >>> decide([("ask_cost", 0.2), ("affirm", 0.15), ("ask_duration", 0.1), ("greet", 0.01)])
    ('choose', ('ask_cost', 'ask_duration'))
    """
    confidences = [confidence for _, confidence in ranking[:2]] + [0.0, 0.0]
    best, second = confidences[:2]
    if best >= ANSWER_FROM and best - second >= AMBIGUOUS_BELOW:
        return "answer", ()
    offered = tuple(
        name
        for name, confidence in ranking
        if confidence >= OFFER_FROM and name not in NEVER_OFFERED
    )[:OFFERED_AT_MOST]
    return ("choose", offered) if offered else ("fallback", ())

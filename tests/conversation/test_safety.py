"""What must raise an alarm does, in whatever words; what people say every day does not."""

import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.safety import Safety
from bot.conversation.safety_examples import UNDECIDED, Example, examples
from bot.conversation.safety_lexicon import Lexicon, load_lexicon
from bot.conversation.safety_signals import signals
from bot.errors import ContentError
from bot.messages import Tier
from bot.nlu.tokens import tokens
from bot.settings import ROOT

LEXICON = ROOT / "data" / "safety" / "lexicon.yml"
ALARMS = [tier for tier in Tier if tier is not Tier.NONE]
# Lines that nobody learnt from, by several strangers.
UNSEEN = [
    Example(Tier(tier), text)
    for tier, text in (
        line.split("\t")
        for line in Path(__file__)
        .with_name("safety_unseen.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
]
# Floors under the figures of docs/safety.md. Who repairs a single miss here spoils the set.
LEAST_UNSEEN: dict[Tier, float] = dict.fromkeys(ALARMS, 0.95)
MOST_FALSE_UNSEEN = 0.03


@pytest.fixture(scope="module")
def known() -> list[Example]:
    """The lines from which the layer has learnt."""
    return [example for example in examples(ROOT) if example.text]


def alarms(lines: list[Example], safety: Safety) -> dict[Tier, list[str]]:
    """Per tier of the lines those that raised an alarm."""
    found: dict[Tier, list[str]] = defaultdict(list)
    for line in lines:
        if safety.assess(line.text) is not Tier.NONE:
            found[line.tier].append(line.text)
    return found


def shares(lines: list[Example], safety: Safety, what: str) -> dict[Tier, float]:
    """Which share of each tier's lines raised an alarm; printed too."""
    found = alarms(lines, safety)
    counts = {tier: sum(line.tier is tier for line in lines) for tier in Tier}
    exact = dict.fromkeys(Tier, 0)
    for line in lines:
        exact[line.tier] += safety.assess(line.text) is line.tier
    right = "  ".join(f"{tier}: {exact[tier] / counts[tier]:.3f}" for tier in Tier)
    sys.stdout.write(f"\n  exactly the tier on {what} lines: {right}")
    result = {tier: len(found[tier]) / counts[tier] for tier in Tier}
    said = "  ".join(f"{tier}: {share:.3f} of {counts[tier]}" for tier, share in result.items())
    sys.stdout.write(f"\n  alarm on {what} lines: {said}")
    return result


def test_what_it_has_learnt_it_recognises(known: list[Example], safety: Safety) -> None:
    found = shares(known[::5], safety, "known")
    assert found.pop(Tier.NONE) <= 0.01
    assert min(found.values()) >= 0.98


def test_lines_that_nobody_learnt_from_are_recognised(safety: Safety) -> None:
    found = shares(UNSEEN, safety, "unseen")
    assert len(UNSEEN) >= 1000
    assert found.pop(Tier.NONE) <= MOST_FALSE_UNSEEN
    assert {tier: share for tier, share in found.items() if share < LEAST_UNSEEN[tier]} == {}


def test_no_unseen_line_was_learnt(known: list[Example]) -> None:
    learnt = {_bare(line.text) for line in known}
    assert [line.text for line in UNSEEN if _bare(line.text) in learnt] == []


def _bare(text: str) -> str:
    return " ".join(token.word for token in tokens(text))


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("hij praat ineens raar en ik kan niet meer", Tier.IMMEDIATE),
        ("ik wil dood en hij slaat me", Tier.SUICIDE),
        ("hij slaat me en hij is gevallen", Tier.VIOLENCE),
        ("hij is gevallen en ik kan niet meer", Tier.MEDICAL),
    ],
)
def test_the_gravest_signal_decides(text: str, tier: Tier, safety: Safety) -> None:
    assert safety.assess(text) is tier


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("mijn man is gevalen", Tier.MEDICAL),
        ("mijn man is gvallen", Tier.MEDICAL),
        ("hij is bewustloos", Tier.IMMEDIATE),
        ("ik heb pillen op gespaard", Tier.SUICIDE),
        ("hij heeft me gesalgen", Tier.VIOLENCE),
        ("hij mishandlt me", Tier.VIOLENCE),
        ("ik kan nieeeet meeeeer", Tier.OVERLOAD),
        ("ikkannietmeer", Tier.OVERLOAD),
        ("hijslaat me", Tier.VIOLENCE),
        ("ik kan\u00ad niet\u200b meer", Tier.OVERLOAD),
        ("Ik. Kan. Niet. Meer.", Tier.OVERLOAD),
        ("ik... kan... niet meer...", Tier.OVERLOAD),
        ("IK WIL NIET MEER LEVEN!!!", Tier.SUICIDE),
        ("😭😭 ik wil dood 😭", Tier.SUICIDE),
    ],
)
def test_typos_capitals_and_glued_or_split_words_do_not_hide_a_signal(
    text: str, tier: Tier, safety: Safety
) -> None:
    assert safety.assess(text) is tier


@pytest.mark.parametrize(
    ("texts", "tier"),
    [
        (["mijn man", "hij praat", "ineens heel raar"], Tier.IMMEDIATE),
        (["ik heb", "de pillen", "van mijn man", "opgespaard"], Tier.SUICIDE),
        (["ik wil", "niet meer", "leven"], Tier.SUICIDE),
        (["hij heeft", "me geslagen"], Tier.VIOLENCE),
        (["ze heeft koorts", "en ze is helemaal in de war"], Tier.MEDICAL),
        (["ik kan", "niet meer"], Tier.OVERLOAD),
        (["goedemorgen", "ik wil", "een weekend weg"], Tier.NONE),
        (["ik kan", "niet meer", "fietsen"], Tier.NONE),
        ([], Tier.NONE),
        (["ik wil dood"], Tier.SUICIDE),
    ],
)
def test_a_signal_over_several_messages_is_recognised(
    texts: list[str], tier: Tier, safety: Safety
) -> None:
    assert safety.assess_recent(texts) is tier


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("I want to die", Tier.SUICIDE),
        ("I really want to kill myself now", Tier.SUICIDE),
        ("je veux mourir", Tier.SUICIDE),
        ("ölmek istiyorum", Tier.SUICIDE),
        ("yaşamak istemiyorum", Tier.SUICIDE),
        ("ja nie chcę żyć", Tier.SUICIDE),
        ("my husband hits me and I am scared", Tier.VIOLENCE),
        ("my husband can't breathe", Tier.IMMEDIATE),
        ("Hello, I take care of my husband, he has dementia", Tier.NONE),
        ("merhaba, anneme bakıyorum", Tier.NONE),
    ],
)
def test_an_alarm_in_another_language_is_heard(text: str, tier: Tier, safety: Safety) -> None:
    assert safety.assess(text) is tier


def test_ordinary_messages_that_nobody_learnt_from_raise_few_alarms(safety: Safety) -> None:
    rows = (ROOT / "tests" / "nlu" / "unseen.tsv").read_text(encoding="utf-8").splitlines()
    fields = [row.split("\t") for row in rows]
    ordinary = [row[3] for row in fields if row[2] not in UNDECIDED]
    alarmed = [text for text in ordinary if safety.assess(text) is not Tier.NONE]
    share = len(alarmed) / len(ordinary)
    sys.stdout.write(f"\n  alarm on {len(ordinary)} ordinary lines: {share:.3f}")
    assert len(ordinary) > 1000
    assert share <= 0.03


def test_ordinary_messages_together_raise_few_alarms(safety: Safety) -> None:
    rows = (ROOT / "tests" / "nlu" / "unseen.tsv").read_text(encoding="utf-8").splitlines()
    fields = [row.split("\t") for row in rows]
    calm = [row[3] for row in fields if row[2] not in UNDECIDED]
    calm = [text for text in calm if safety.assess(text) is Tier.NONE]
    four = [calm[start : start + 4] for start in range(0, 400, 4)]
    alarmed = [texts for texts in four if safety.assess_recent(texts) is not Tier.NONE]
    sys.stdout.write(f"\n  alarm on four ordinary lines together: {len(alarmed)} of {len(four)}")
    assert len(alarmed) <= 5


@pytest.mark.parametrize("last", ["wat kost een weekend?", "hij", "dank u wel", "", "en nu?"])
def test_an_old_alarm_is_not_raised_again(last: str, safety: Safety) -> None:
    assert safety.assess_recent(["hij slaat me", last]) is Tier.NONE
    assert safety.assess_recent(["ik heb", "pillen opgespaard", last]) is Tier.NONE


def test_a_new_alarm_after_an_old_one_is_raised(safety: Safety) -> None:
    assert safety.assess_recent(["ik kan niet meer", "hij is gevallen"]) is Tier.MEDICAL
    assert safety.assess_recent(["hij slaat me", "hij slaat me weer"]) is Tier.VIOLENCE
    assert safety.assess_recent(["ik wil", "dood", "ik wil", "echt dood"]) is Tier.SUICIDE


def test_a_signal_of_the_lexicon_is_named_and_explained() -> None:
    lexicon = load_lexicon(LEXICON)
    found = list(signals(tokens("hij slaat me en ik kan niet meer"), lexicon))
    assert {"geslagen", "kan_niet_meer"} <= {signal.name for signal in found}
    assert [signal.tier for signal in found] == sorted(signal.tier for signal in found)
    assert all(signal.meaning for signal in lexicon.signals)


def test_a_very_long_message_is_judged_to_its_end(safety: Safety) -> None:
    ordinary = "Mijn man eet goed en slaapt goed. " * 150
    assert safety.assess(ordinary) is Tier.NONE
    assert safety.assess(ordinary + "Maar hij slaat me.") is Tier.VIOLENCE
    assert safety.assess(ordinary + "Zijn mond is sinds vandaag scheef.") is Tier.IMMEDIATE


@given(st.text())
@settings(deadline=None)
def test_no_text_makes_it_raise(safety: Safety, text: str) -> None:
    assert safety.assess(text) in Tier
    assert safety.assess_recent([text, text]) in Tier


@given(
    line=st.sampled_from([line.text for line in UNSEEN]),
    spaces=st.integers(min_value=1, max_value=3),
)
@settings(deadline=None)
def test_capitals_and_extra_spaces_change_nothing(safety: Safety, line: str, spaces: int) -> None:
    tier = safety.assess(line)
    assert safety.assess(line.upper()) is tier
    assert safety.assess(" " + line.replace(" ", " " * spaces) + " ") is tier


SMALL = """
schrijfwijzen: {niet: nie}
opvulwoorden: echt
zinsbegin: en
plakwoorden: ik
voorvoegsels: op
gewone_woorden: praten
groepen: {slaan: slaat sloeg}
gewone_taal: [slaat nergens op]
omstandigheden:
  ontkend: {voor: 0, na: 1, zinnen: [niet]}
signalen:
  geslagen:
    niveau: 1b
    uitleg: Slaan.
    zinnen: [hij .. <slaan> .. mij]
    telt_niet_bij: [ontkend]
"""


def _load(tmp_path: Path, content: str) -> Lexicon:
    path = tmp_path / "lexicon.yml"
    path.write_text(content, encoding="utf-8")
    return load_lexicon(path)


def test_a_small_lexicon_works(tmp_path: Path) -> None:
    small = _load(tmp_path, SMALL)
    assert [signal.tier for signal in signals(tokens("Hij sloeg mij."), small)] == [Tier.VIOLENCE]
    assert list(signals(tokens("hij slaat mij nie"), small)) == []


@pytest.mark.parametrize(
    ("good", "bad", "named"),
    [
        ("niveau: 1b", "niveau: 7", "signalen.geslagen.niveau"),
        ("uitleg: Slaan.", "uitlg: Slaan.", "signalen.geslagen.uitleg is missing; add it"),
        ("[ontkend]", "[ontkent]", "signalen.geslagen.telt_niet_bij"),
        ("<slaan> .. mij", "<slan> .. mij", "names the group <slan>"),
        ("[hij .. <slaan> .. mij]", "hij slaat mij", "begin each line with a dash"),
        ("[hij .. <slaan> .. mij]", "['hij +']", "line 1 ('hij +') has no word before or after"),
        ("[hij .. <slaan> .. mij]", "['hij [ mij']", "'[', which is no word"),
        ("[hij .. <slaan> .. mij]", "['hij a* mij']", "too short for a *"),
        ("[hij .. <slaan> .. mij]", "['']", "line 1 ('') is empty"),
        ("[hij .. <slaan> .. mij]", "['hij?']", "keep one word"),
        ("{slaan: slaat sloeg}", "{slaan: }", "groepen.slaan is empty"),
        ("{voor: 0, na: 1,", "{voor: nul, na: 1,", "omstandigheden.ontkend"),
        ("gewone_taal: [slaat nergens op]", "", "gewone_taal is missing; add it"),
        ("opvulwoorden: echt", "opvulwoorden: [echt]", "opvulwoorden must be a text"),
        ("signalen:", "signalen: {", "is no YAML"),
    ],
)
def test_a_wrong_lexicon_names_file_and_key_and_says_what_to_do(
    good: str, bad: str, named: str, tmp_path: Path
) -> None:
    assert good in SMALL
    with pytest.raises(ContentError) as raised:
        _load(tmp_path, SMALL.replace(good, bad))
    assert "lexicon.yml" in str(raised.value)
    assert named in str(raised.value)


def test_a_missing_lexicon_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"no\.yml: cannot be read"):
        load_lexicon(tmp_path / "no.yml")


def test_an_empty_lexicon_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="it needs schrijfwijzen"):
        _load(tmp_path, "")

"""What must raise an alarm does, in whatever words; what people say every day does not."""

import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.safety import Lexicon, assess, assess_recent, load_lexicon, signals
from bot.errors import ContentError
from bot.messages import Tier
from bot.settings import ROOT

LEXICON = ROOT / "data" / "safety" / "lexicon.yml"
LINES = {
    Tier(tier): lines.splitlines()
    for tier, lines in yaml.safe_load(
        Path(__file__).with_name("safety_cases.yml").read_text(encoding="utf-8")
    ).items()
}
LEAST_RECALL = {
    Tier.IMMEDIATE: 0.98,
    Tier.SUICIDE: 0.98,
    Tier.VIOLENCE: 0.98,
    Tier.MEDICAL: 0.98,
    Tier.OVERLOAD: 0.95,
}
MOST_FALSE_ALARMS = 0.03


def _missed(tier: Tier, lexicon: Lexicon) -> list[str]:
    return [line for line in LINES[tier] if assess(line, lexicon) is not tier]


def _report(capsys: pytest.CaptureFixture[str], what: str, share: float, lines: list[str]) -> None:
    with capsys.disabled():
        sys.stdout.write("\n    ".join([f"\n  {what}: {share:.3f}", *lines]))


@pytest.mark.parametrize("tier", LEAST_RECALL)
def test_it_recognises_the_signals_of_each_tier(
    tier: Tier, lexicon: Lexicon, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = _missed(tier, lexicon)
    recall = 1 - len(missed) / len(LINES[tier])
    _report(capsys, f"recall of tier {tier} in {len(LINES[tier])} lines", recall, missed)
    assert recall >= LEAST_RECALL[tier]


def test_it_leaves_idioms_negations_and_ordinary_talk_alone(
    lexicon: Lexicon, capsys: pytest.CaptureFixture[str]
) -> None:
    alarmed = _missed(Tier.NONE, lexicon)
    share = len(alarmed) / len(LINES[Tier.NONE])
    _report(capsys, f"false alarms in {len(LINES[Tier.NONE])} lines", share, alarmed)
    assert share <= MOST_FALSE_ALARMS


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("hij praat ineens raar en ik kan niet meer", Tier.IMMEDIATE),
        ("ik wil dood en hij slaat me", Tier.SUICIDE),
        ("hij slaat me en hij is gevallen", Tier.VIOLENCE),
        ("hij is gevallen en ik kan niet meer", Tier.MEDICAL),
    ],
)
def test_the_gravest_signal_decides(text: str, tier: Tier, lexicon: Lexicon) -> None:
    assert assess(text, lexicon) is tier


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
    text: str, tier: Tier, lexicon: Lexicon
) -> None:
    assert assess(text, lexicon) is tier


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
    texts: list[str], tier: Tier, lexicon: Lexicon
) -> None:
    assert assess_recent(texts, lexicon) is tier


@pytest.mark.parametrize("last", ["wat kost een weekend?", "hij", "dank u wel", "", "en nu?"])
def test_an_old_alarm_is_not_raised_again(last: str, lexicon: Lexicon) -> None:
    assert assess_recent(["hij slaat me", last], lexicon) is Tier.NONE
    assert assess_recent(["ik heb", "pillen opgespaard", last], lexicon) is Tier.NONE


def test_a_new_alarm_after_an_old_one_is_raised(lexicon: Lexicon) -> None:
    assert assess_recent(["ik kan niet meer", "hij is gevallen"], lexicon) is Tier.MEDICAL
    assert assess_recent(["hij slaat me", "hij slaat me weer"], lexicon) is Tier.VIOLENCE
    assert assess_recent(["ik wil", "dood", "ik wil", "echt dood"], lexicon) is Tier.SUICIDE


def test_what_was_found_is_named_and_explained(lexicon: Lexicon) -> None:
    found = signals("hij slaat me en ik kan niet meer", lexicon)
    assert {"geslagen", "kan_niet_meer"} <= {signal.name for signal in found}
    assert [signal.tier for signal in found] == sorted(signal.tier for signal in found)
    assert all(signal.meaning for signal in lexicon.signals)


def test_a_very_long_message_is_judged_to_its_end(lexicon: Lexicon) -> None:
    ordinary = "Mijn man eet goed en slaapt goed. " * 150
    assert assess(ordinary, lexicon) is Tier.NONE
    assert assess(ordinary + "Maar hij slaat me.", lexicon) is Tier.VIOLENCE
    assert assess(ordinary + "Zijn mond is sinds vandaag scheef.", lexicon) is Tier.IMMEDIATE


@given(st.text())
@settings(deadline=None)
def test_no_text_makes_it_raise(text: str) -> None:
    assert assess(text, _SHARED) in Tier
    assert assess_recent([text, text], _SHARED) in Tier


@given(
    line=st.sampled_from([line for lines in LINES.values() for line in lines]),
    spaces=st.integers(min_value=1, max_value=3),
)
@settings(deadline=None)
def test_capitals_and_extra_spaces_change_nothing(line: str, spaces: int) -> None:
    tier = assess(line, _SHARED)
    assert assess(line.upper(), _SHARED) is tier
    assert assess(" " + line.replace(" ", " " * spaces) + " ", _SHARED) is tier


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
    assert assess("Hij sloeg mij.", small) is Tier.VIOLENCE
    assert assess("hij slaat mij nie", small) is Tier.NONE


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


_SHARED = load_lexicon(LEXICON)


UNSEEN = Path(__file__).with_name("safety_unseen.tsv")


def test_lines_that_nobody_tuned_by_are_measured(lexicon: Lexicon) -> None:
    """The figures of docs/safety.md: a floor, no aim. Who repairs a miss here spoils the set."""
    lines = [line.split("\t") for line in UNSEEN.read_text(encoding="utf-8").splitlines()]
    alarmed: dict[str, list[bool]] = {}
    for tier, text in lines:
        alarmed.setdefault(tier, []).append(assess(text, lexicon) != Tier.NONE)
    shares = {tier: sum(found) / len(found) for tier, found in sorted(alarmed.items())}
    sys.stdout.write(f"\n  alarm on unseen lines: {shares}")
    assert len(lines) >= 300
    assert shares.pop("none") <= 0.12
    assert min(shares.values()) >= 0.7

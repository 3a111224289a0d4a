"""What a region's editor does to a copy of the demo, and how clearly a mistake is named."""

import shutil
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.messages import Image
from bot.services.content import load

DEMO = Path(__file__).parents[2] / "data" / "content" / "demo"


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "demo"))


def edit(region: Path, file: str, old: str, new: str) -> None:
    text = (region / file).read_text(encoding="utf-8")
    assert old in text, "the demo changed: this test edits a text that is gone"
    (region / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_out_of_hours_gp_is_named_with_number_or_with_where_to_hear_it(region: Path) -> None:
    assert "bandje" in load(region).texts.safety_1c.bubbles[0]
    edit(region, "region.yml", "gp_number: null", 'gp_number: "0123 456 789"')
    assert "(0123 456 789)" in load(region).texts.safety_1c.bubbles[0]
    assert load(region).lines["huisartsenpost"].number == "0123 456 789"


BROKEN = [
    ("region.yml", "point:", "punt:", ["point", "missing"]),
    ("region.yml", "name: voor", "naam: x\nname: voor", ["naam", "unknown key"]),
    ("region.yml", '"09:00-17:00"', '"9 tot 5"', ["office_hours.monday", "09:00-17:00"]),
    ("region.yml", '"09:00-17:00"', '"17:00-09:00"', ["office_hours.monday", "closes before"]),
    ("region.yml", '"0110-0129"', '"110"', ["municipalities[1].postcodes", "0110"]),
    ("region.yml", '"0110-0129"', '"0110-0131"', ["Lindewaard and Oosterlinde", "0130"]),
    ("region.yml", '["0110-0129"]', "0110", ["postcodes", "write a list"]),
    ("locations.yml", "name: kamer Appel", "name: 12", ["beds[appel].name", "quotes"]),
    ("locations.yml", "slug: peer", "slug: appel", ["beds[2].slug", "used twice"]),
    ("locations.yml", "municipality: Kleibroek", "municipality: Elders", ["Elders", "Kleibroek"]),
    ("region.yml", '"52.570, 5.330"', '"52.570 5.330"', ["municipalities[2].centre", "degrees"]),
    ("region.yml", '"52.570, 5.330"', '"97.570, 5.330"', ["municipalities[2].centre", "degrees"]),
    ("locations.yml", "address: null", "photo: ../a.jpg", ["photo", "JPEG"]),
    ("locations.yml", "address: null", "photo: a.jpg", ["photo_description", "missing"]),
    (
        "locations.yml",
        "address: null",
        "photo: a.jpg\n  photo_description: De tuin",
        ["there is no photos/a.jpg"],
    ),
    (
        "locations.yml",
        "address: null",
        "photo: a.jpg\n  photo_description: " + "x" * 301,
        ["photo_description", "300"],
    ),
    ("locations.yml", "fits: [pets", "fits: [paarden", ["paarden", "use one of", "pets"]),
    ("locations.yml", "does_not_fit: [pets]", "does_not_fit: [wandering]", ["is under fits too"]),
    ("testimonials.yml", "provenance: composite", "provenance: real", ["consented_on", "missing"]),
    ("testimonials.yml", "text: >-", "text: >-\n    " + "ach " * 80, ["words; shorten it", "90"]),
    ("testimonials.yml", "hurdles: [recognition, hurdle_guilt]", "hurdles: []", ["at least one"]),
    ("testimonials.yml", "slug: twee", "slug: [twee", ["not valid YAML", "line"]),
    ("testimonials.yml", "Ik noemde", "\x07Ik noemde", ["not valid YAML"]),
    ("lines.yml", "number: 0800-2000", "number: null", ["[veilig_thuis].number", "missing"]),
    ("lines.yml", 'number: "112"', "number: 112", ["number", "quotes"]),
    ("lines.yml", "number: null", 'number: "0123"', ["region.yml"]),
    ("lines.yml", 'slug: "113"', 'slug: "114"', ["safety_1a", "unknown word {also_113}"]),
    ("costs.yml", "expires_on: 2027-01-01", "expires_on: gauw", ["ask_cost.expires_on", "2026"]),
    ("costs.yml", "expires_on: 2027-01-01", "expires_on: 2026-01-01", ["after checked_on"]),
    ("costs.yml", "expires_on: 2027-01-01", "expires_on: 2027-13-01", ["not valid YAML"]),
    ("costs.yml", "label: Samenwonend", "label: " + "x" * 21, ["cost_couple.label", "20"]),
    ("costs.yml", "[cost_household", "[cost_castle", ["ask_cost.more", "cost_castle"]),
    ("costs.yml", "cost_pgb:", "ask_pets:", ["answers.yml: ask_pets", "costs.yml too"]),
    ("answers.yml", "ask_pets:", "ask_cats:", ["ask_pets", "missing"]),
    ("answers.yml", "{point} zoekt", "{punt} zoekt", ["ask_eligibility.text", "{punt}", "point"]),
    ("answers.yml", "{point} zoekt", "{point zoekt", ["ask_eligibility.text", "brace"]),
    ("answers.yml", "ask_duration:", "ask_help:", ["ask_help", "written twice", "line"]),
    ("hurdles.yml", "hurdle_guilt:", "hurdle_gilt:", ["hurdle_guilt", "write keys"]),
    ("hurdles.yml", "eruitziet?", "eruitziet.", ["hurdle_guilt.small_yes", "question"]),
    ("hurdles.yml", "step: look", "step: jump", ["hurdle_guilt.step", "jump", "coffee"]),
    ("palette.yml", "name: Pgb", "name: " + "x" * 25, ["[pgb].name", "24"]),
    ("texts.yml", "  - >-\n    Dag", "  - 12\n  - >-\n    Dag", ["introduction[1]", "quotes"]),
    ("texts.yml", "Bel nu {number_112}.", "Bel 112 nu.", ["safety_0", "Bel nu 112."]),
    ("texts.yml", "resume: Verder met", "verder: Verder met", ["waiting_open.choices.resume"]),
    ("texts.yml", "Verder met de assistent\n\n", "x" * 25 + "\n\n", ["choices.resume", "24"]),
    ("texts.yml", "Typ het nummer van uw keuze.", "x" * 91, ["how_to_choose", "90"]),
    ("texts.yml", "{expected}", "{opens}", ["waiting_open.bubbles", "{opens}", "expected"]),
    ("texts.yml", "later:", "112:", ["112", "quotes around this key"]),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN)
def test_a_broken_file_is_named_with_its_key_and_what_to_do(
    region: Path, file: str, old: str, new: str, words: list[str]
) -> None:
    edit(region, file, old, new)
    with pytest.raises(ContentError) as caught:
        load(region)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert any(message.startswith(path.name) for path in region.iterdir()), message


@pytest.mark.parametrize("file", sorted(path.name for path in DEMO.glob("*.yml")))
@pytest.mark.parametrize("damage", ["missing", "empty", "binary"])
def test_a_file_that_is_missing_or_no_text_is_named(region: Path, file: str, damage: str) -> None:
    if damage == "missing":
        (region / file).unlink()
    else:
        (region / file).write_bytes(b"" if damage == "empty" else b"\xff\xfe\x00")
    with pytest.raises(ContentError, match=rf"^{file}: "):
        load(region)


def test_a_photo_beside_the_file_belongs_to_its_house(region: Path) -> None:
    (region / "photos").mkdir()
    (region / "photos" / "a.jpg").write_bytes(b"a picture")
    path = region / "locations.yml"
    photo = "photo: a.jpg\n  photo_description: De tuin"
    path.write_text(path.read_text().replace("address: null", photo, 1))

    houses = list(load(region).locations.values())
    assert houses[0].photo == Image("/photos/a.jpg", "De tuin")
    assert houses[1].photo is None

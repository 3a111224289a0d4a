"""Dutch number words up to ninety-nine: "eenentwintig" is 21, "twaalfde" is 12e."""

_UNITS = (
    *("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"),
    *("elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien"),
    "negentien",
)
_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_DAYS = 31


def _cardinals() -> dict[str, int]:
    """The words and their numbers, without "een": most often that is the article."""
    found = {word: number for number, word in enumerate(_UNITS) if number != 1}
    for tens, word in enumerate(_TENS, start=2):
        found[word] = 10 * tens
        found |= {unit + "en" + word: 10 * tens + n for n, unit in enumerate(_UNITS[1:10], start=1)}
    return found


def _ordinal(word: str, number: int) -> str:
    return word + ("de" if number < 20 and number != 8 else "ste")


_NUMBERS = _cardinals()
CARDINALS = {word: str(number) for word, number in _NUMBERS.items()}
CARDINALS |= {"twe": "2", "dri": "3", "vief": "5", "zeuven": "7", "vijv": "5"}
ORDINALS = {
    _ordinal(word, number): f"{number}e" for word, number in _NUMBERS.items() if number <= _DAYS
}
ORDINALS |= {"eerste": "1e", "derde": "3e", "twede": "2e", "eertse": "1e", "eeste": "1e"}
# Days of a month, long enough that one wrong letter leaves no doubt.
MENDABLE = tuple(word for word, n in _NUMBERS.items() if n <= _DAYS and len(word) > 6)
MENDABLE += tuple(word for word in ORDINALS if len(word) > 6)

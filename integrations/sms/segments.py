"""How many segments of SMS a text is: Twilio's rates and prices count these, not messages.

https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

# The default alphabet of GSM 03.38 (3GPP TS 23.038, section 6.2.1) in the order of its codes,
# without the escape at 0x1B.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Its extension table (section 6.2.1.1): an escape and a code, which stay together.
_EXTENDED = frozenset("\f^{}\\[~]|€")

# What goes into a segment that is alone, and into one of several, in septets or UTF-16 units.
_GSM_ALONE, _GSM_OF_SEVERAL = 160, 153
_UCS2_ALONE, _UCS2_OF_SEVERAL = 70, 67


def segments(text: str) -> int:
    """How many segments a text is, at least 1. One letter outside GSM's makes all of it UCS-2.

    >>> segments("a" * 160), segments("a" * 161), segments("ë" * 70), segments("ë" * 71)
    (1, 2, 1, 2)
    """
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        sizes = [2 if letter in _EXTENDED else 1 for letter in text]
        return _filled(sizes, _GSM_ALONE, _GSM_OF_SEVERAL)
    sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return _filled(sizes, _UCS2_ALONE, _UCS2_OF_SEVERAL)


def _filled(sizes: list[int], alone: int, of_several: int) -> int:
    """How many segments letters of these sizes fill; none is cut in two."""
    if sum(sizes) <= alone:
        return 1
    count, room = 1, of_several
    for size in sizes:
        if size > room:
            count, room = count + 1, of_several
        room -= size
    return count

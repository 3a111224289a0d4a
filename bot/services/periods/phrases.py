"""Groups of words that mean one thing together, written as one TOKEN in capitals.

Works on folded text, where capitals no longer occur, before single words are looked at.
"""

import re
import unicodedata

ASAP = "ASAP"
ANYTIME = "ANYTIME"
THROUGH = "THROUGH"  # t/m
BEFORE = "BEFORE"  # "nog voor", said so that it cannot mean "for"
INSTEAD = "INSTEAD"  # what follows is not wanted
UNCLEAR = "UNCLEAR"  # no rule knows what it does to the period beside it

_QUICK = "(?:snel|snell|snle|snl|spoedig|gauw|vlug|rap|vroeg)"
_POSSIBLE = "m[oeu]{0,2}ge?l?i?e?[jy]?k(?:e|s)?"
_FREE = "(?:plek|plekje|plaats|ruimte|bed|iets|kamer|datum|moment|mogelijkheid|dag)"
_NOBODY = "(?:me|mij|mie|mich|ons|echt|verder|allemaal|eigenlijk|helemaal|nog|ook|voor|dus)"
_NOT_ABOUT_TIME = r"(?! (?:waar|wie|wat|hoe|of|als|naar|welke (?:plek|locatie|plaats|kamer)))"
_A_TIME = "(?:moment|dag|datum|week|periode|tijd|tijdstip|maand|data|weekend)"

_ASAP = (
    rf"zo ?{_QUICK} ?(?:als |of |dan )?(?:maar )?(?:als )?{_POSSIBLE}\b",
    rf"zo ?{_QUICK} (?:als )?(?:het |dat )?(?:maar )?kan\b",
    r"z\.? ?s\.? ?m\b\.?|asap\b|as soon as possible|per direct|per omgaande|met spoed",
    r"hoe (?:sneller|eerder|vlugger|gauwer|vroeger) hoe (?:liever|beter|fijner)",
    rf"(?:de |het )?(?:eerst|vroegst|snelst) ?mogelijke?(?: {_FREE})?",
    rf"(?:de |het )?eerste(?: de)? (?:vrije|beste|beschikbare) {_FREE}",
    rf"zodra (?:er )?(?:een |weer )?{_FREE} (?:vrij )?(?:is|komt|hebt|heeft)",
    r"^(?:graag |heel |liefst |zo |nu )*(?:snel|gauw|vlug|rap|spoedig)\W*$",
    r"(?:de )?eerstvolgende (?:mogelijkheid|plek|datum)",
    r"zodra (?:het|dat) (?:maar )?kan|liefst gisteren|(?:van|vanaf) nu(?: af)?(?: aan)?$",
    r"^(?:nu|direct|meteen|onmiddellijk|spoed)\W*$",
    r"(?:liefst|graag|nu|het liefst) (?:nu )?(?:al )?(?:meteen|direct|onmiddellijk)",
)
_ANYTIME = (
    rf"maa?k[td]? (?:(?:het|t|'t) )?(?:{_NOBODY} )*ni(?:et|e|ks|x|ets) (?:zo ?veel |veel )?"
    rf"(?:{_NOBODY} )*(?:uit|oet)\b{_NOT_ABOUT_TIME}",
    r"wan+e+r (?:dan ook|(?:het |t |'t )?(?:maar )?(?:u |jullie |jou |je |hun )?(?:\w+ ){0,2}"
    r"(?:uitkomt|schikt|past|kan$))\b",
    r"(?:^|, )(?:doe maar |gewoon )?(?:wanneer|als) er (?:maar )?(?:een )?"
    rf"{_FREE}(?: vrij)? (?:is|komt)",
    r"^alles kan\W*$|wanneer (?:jullie|u|je) (?:maar )?(?:kunnen|kunt|willen|wilt)\b",
    rf"welke? {_A_TIME} dan ook|om (?:het|t|'t) even\b|any ?time\b",
    rf"geen (?:speciale )?voorkeur\b(?! voor (?!(?:een )?{_A_TIME}))",
    rf"(?:elke?|iedere?|alle) {_A_TIME} (?:is|zijn|kan|mag|past|goed|prima|oke)\b",
    r"(?:kan|kunnen|komt|schikt|past)(?: (?:ik|wij|we|het|hij|zij|ze|ons|mij))? altijd"
    r"(?= ?[.!,]|$)|altijd (?:goed|prima)\b",
    r"alles is (?:mij|ons|me) goed|(?:mij|ons|me) is alles goed",
    r"(?:is|mich|mij|me) egaa?l\b|doet er niet toe|boeit (?:me |mij |ons )?niet",
    r"(?:ben|zijn|we|wij|helemaal|volledig|heel) (?:helemaal |heel |volledig )?flexibel",
)
_WISHED = (
    r"(?:weekend|dag|avond|kerst\w*|feestdagen|pasen|paas\w*|pinkster\w*|jaarwisseling|nieuwjaar"
    r"|oudennieuw|koningsdag|zomer|vakantie|week|jaar)\b(?! (?:in|van))"
)
_ALTERING = (
    r"(?:de|die|enkele|paar|laatste|eerste) (?:dagen|weken|weekenden|maanden) (?:voor|na)",
    r"(?:de )?(?:rest|restant) van|resterende|overige|voorafgaand|aansluitend|opvolgend",
    r"(?:vroeg|laat|later|eerder|vroeger) in|of (?:later|eerder|vroeger|erna|daarna|ervoor)",
    r"m\.?u\.?v|met uitzondering van|uitgezonderd|exclusief|behalve|tenzij|in de aanloop",
    r"(?:de|een) (?:dag|week|maand|keer) (?:later|eerder|daarna|erna|ervoor|daarvoor)",
    r"(?:en|of) (?:de )?(?:dag|dagen|week|weken) (?:erna|ervoor|daarna|daarvoor|daarop)",
)
# "waar maakt niet uit": about the place, or the price.
_ELSEWHERE = (
    r"\b(?:waar|wie|wat|lang|plaats|plek|locatie|prijs|kosten|geld|kamer|huis|hoeveel)"
    r"(?: (?:dat|hij|het|is))? (?:maakt?|doet) [a-z' ]{0,25}(?:uit|toe)\b"
)
_NO_END = r"\b(?:voor (?:onbepaalde|langere|lange|onbekende) tijd|tot nader (?:order|bericht))\b"
_WITHOUT_MARK = r"(?<![a-z])"
_PHRASES = (
    (_ELSEWHERE, " "),
    *((_WITHOUT_MARK + f"(?:{pattern})", ANYTIME) for pattern in _ANYTIME),
    *((_WITHOUT_MARK + f"(?:{pattern})", ASAP) for pattern in _ASAP),
    (r"\btot ?(?:en|&|\+|/|n) ?met\b|\bt ?[/.+&\\] ?m\b\.?|\btm\b|\bt\.?e\.?m\b\.?", THROUGH),
    (r"(?<=[\da-z] )(?:tt/m|t/mm|t/t|t/n|r/m|y/m|/m)(?= (?:\d|de |[a-z]+dag))", THROUGH),
    (r"\ba\. ?s\.|\ba\.s\b|(?<=dag )as\b|\bas(?= \w+dag\b)", " aanstaande "),
    (r"\b(?:i\.?p\.?v\b\.?|in plaats van|inplaats van)", INSTEAD),
    (r"\bniet (?:eerder dan|voor) (?=(?:de )?(?:\d|begin|half|eind|medio))", "ergens vanaf "),
    (r"\bin (?:ieder|elk) geval(?= (?:op|van|vanaf|in)\b)", " "),
    (r"\bin (?:ieder|elk) geval voor(?= )", BEFORE),
    (r"\b(?:de )?(?:aan)?komende nacht\b|\bdeze nacht\b", "vannacht"),
    (r"\bnu (?=tot\b)", "vandaag "),
    (r"\b(?:nog|liever|eerder dan|ergens|uiterlijk|ruim|net|al) voor(?= )", BEFORE),
    (r"\buiterlijk|\b(?:niet later|eerder|vroeger) dan|\bten laatste", BEFORE),
    (r"\boud ?(?:jaar)?(?: ?(?:en|&|\+|op|/|-|n) ?)nieuw(?:jaar)?\b", "oudennieuw"),
    (r"\been[ -]na[ -]laatste", "voorlaatste"),
    (r"\b(?:aller)?(?:eerste|1e) dagen (?:van|in)\b", "begin van"),
    (r"\b(?:aller)?laatste dagen (?:van|in)\b", "eind van"),
    (r"\bnaar huis\b", "ophalen"),
    (r"^\W*weekendje\W*$", "een weekend"),
    (r"\bi\.?v\.?m\b\.?|\bin verband met\b|\bvanwege\b", " wegens "),
    *((rf"\b(?:{pattern})\b", UNCLEAR) for pattern in _ALTERING),
    (rf"\b(vanaf (?:\w+ ){{1,4}}?){_NO_END}", r"\1"),
    (_NO_END, UNCLEAR),
    (r"(?<![a-z\d])'t\b|(?<=\bvan )t\b(?= )", "het"),
    (r"\bnaar (?:jullie|u)\b(?: toe\b)?", "komen"),
    (r"\b(tussen|van|vanaf) nu\b", r"\1 vandaag"),
    (r"\bin de buurt van (?=\w)|\bom en nabij\b", "rond "),
    (r"\bkerst ?week\b", "week van kerst"),
    (r"\b(week|wk) ?(?:nr|nummer|no)\b\.? ?(?=\d)", "week "),
    (r"(?:\+ ?/ ?-|\+-|±|\bplus(?: of)? ?min(?:us)?\b)(?: (?:een|\d) ?\w+)?", " ongeveer "),
    (
        r"\bof ?zo(?:iets|ietsje)?\b|\bof (?:daar ?omtrent|daar in de buurt|daaromheen)\b",
        "ongeveer",
    ),
    (r"\bper (?=\d|jan|feb|maa?rt|mrt|apr|mei|ju[nl]|aug|sep|okt|nov|dec)", "vanaf "),
    (r"\bingaande?(?: per| op)? (?=\w)", "vanaf "),
    (r"\bom (?:de|het) (?:andere? )?(?:week|weekend|maand|weken|\w*dag)\b", "elke"),
    (r"\bbinnen nu en\b", "binnen"),
    (r"\b(?:met )?ingang(?: van)? (?=\w)|\bm\.?i\.?v\b\.?", "vanaf "),
    (r"\b(?:goe[di]e?n?|prettige) ?(?:morgen|middag|avond|dag|nacht)", " "),
    (rf"\b(?:fijne?|prettige?|vrolijke?|zalige?|gelukkige?|goed) {_WISHED}", " "),
    (r"\bdenk\w* (?:\w+ ){0,6}na\b", " "),
    (r"'s (?:morgens|ochtends|middags|avonds|nachts|morgen|avond)(?: vroeg| laat)?", " "),
    (r"'s (?=[a-z]+dags\b)", " "),
    (
        r"\b(?:mei|herfst|voorjaars?|krokus|paas|carnavals|pinkster|bouw)[ -]?vak(?:antie)?\b",
        " schoolvakantie ",
    ),
    (r"\b(?:grote|zomer|lange) ?vakantie\b", " zomervakantie "),
    (r"\bkerst vakantie\b", " kerstvakantie "),
    (r"\bhemelvaarts? dag\b", "hemelvaartsdag"),
    (r"\bweekend(?:je)? (?:met |van |rond )?(?:de )?carnaval\b", "carnavalsweekend"),
    (r"\b(\w+(?:ste|de)|\de) (week|weekend) van het nieuwe jaar\b", r"\1 \2 van januari"),
    (r"\bsint[ -]maarten\b|\bsintermerte\b", " sintmaarten "),
    (r"\bgoeie vrijdag\b", "goede vrijdag"),
    (r"\bmid[ -]week\b", "midweek"),
    (r"\bweek[ -]end(?:je)?\b", "weekend"),
    (r"(?<=\d) ?n(?:t|chtn?)?\b", " nachten"),
    (r"(?<=\d)(?: ?(?:ste|e)|de)\b", "e"),
    (r"(?<=\d)(?=(?!e\b)[a-z])|(?<=[a-z])(?=\d)", " "),
)
_COMPILED = tuple((re.compile(pattern), token) for pattern, token in _PHRASES)
_ACCENTED_BEFORE = re.compile(r"\bv(?:óó|oó|óo)r\b", re.IGNORECASE)


def mark_accent(text: str) -> str:
    """Only the accent tells "vóór" (before) from "voor" (for), and folding drops it."""
    return _ACCENTED_BEFORE.sub("uiterlijk ", unicodedata.normalize("NFC", text))


def canonical_phrases(folded: str) -> str:
    """The folded text with its fixed groups of words as tokens."""
    for pattern, token in _COMPILED:
        folded = pattern.sub(f" {token} " if token.isupper() else token, folded)
    return folded

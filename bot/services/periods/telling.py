"""Whether a part of a sentence only tells something ("in de zomer is het hier te warm").

Time words in it are then no period that anyone wishes for. A short part, a question and a part
with a word of wishing are taken as a wish.
"""

from bot.services.periods.items import Item

_WISHING = """
    kan kun kunnen kunt mag mogen wil wilt willen wou zou zouden zal graag liefst liever plek plekje
    plekken plaats bed kamer vrij beschikbaar logeren logeert logeer logeerplek logeerweekend komen
    langskomen kijken terecht brengen opvang nodig zoek zoeken boeken boek reserveren reserveer
    aanvragen aanvraag vraag weg gaan vakantie tussenuit proberen denken denk dacht voorkeur past
    schikt uitkomt uitkomen lukt mogelijk misschien eventueel moet moeten hoop iets ergens wens
    wensen wanneer verblijf opname spoed spoedplek optie opnemen overnemen respijt want vacation
    please svp aub alstublieft ?
"""
_CONTENT = "goed prima best beste oke ok fijn mooi handig perfect ideaal top ja"
_IS = "is was zijn ben bent wordt word worden duurt blijft voelt vind gaat lijkt komt"
_STRONG = frozenset(_WISHING.split())
_MILD = frozenset(_CONTENT.split())
_COPULA = frozenset(_IS.split())
# "Vandaag" and "morgen" tell of the day itself more often than they ask for it.
NAMED_DAYS = frozenset({"vandaag", "vanavond", "morgen", "overmorgen"})


def only_tells(part: list[Item], text: frozenset[str]) -> bool:
    """Whether the part is a statement; `text` holds every word of the whole text."""
    said = {item.text for item in part}
    if text & _STRONG:
        return False
    others = [item.text for item in part if item.code == "_" and item.text.isalpha()]
    if said & NAMED_DAYS:
        return bool(others)
    if text & _MILD or _from_to(part):
        return False
    enough = 2 if said & _COPULA or any(item.code == "d" for item in part) else 3
    return len(others) >= enough


def _from_to(part: list[Item]) -> bool:
    """A period with both its days is telling enough by itself."""
    codes = "".join(item.code for item in part if item.code != " ")
    return any(sign in codes for sign in "tT-") and sum(codes.count(day) for day in "dhDN") > 1

"""The words periods are said in, each with the other ways people write it: short, dialect, typo.

Keys are the one form the grammar knows; variants are folded (no accents, lower case). Slips that
are one letter off are found by `words` and need no line here.
"""

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)

VARIANTS = {
    "maandag": "maandg mandag moandag maondag monday",
    "dinsdag": "dinsdg dingsdag deensdag disdag diensdag tuesday",
    "woensdag": "woensdg woesdag wonsdag woonsdag weunsdag wednesday",
    "donderdag": "dondrdag donderdg dondedag dunderdag doonderdag thursday",
    "vrijdag": "vrijdg vriedag vrydag vreidag vreijdag vreydag vridag frijdag fridag friday vr",
    "zaterdag": "zaterdg zoaterdag zoterdag saterdag zaotterdag saturday za",
    "zondag": "zondg zundag sondag zonndag sunday",
    "januari": "january januar jannewari janaurie janari",
    "februari": "february februar febr feb febuari",
    "maart": "mrt maert maartt march mart",
    "april": "apr aprl apri aprill",
    "juni": "jun juny june junie junni juuni junii jjuni jnui jni juin",
    "juli": "jul july julij juuli julii jjuli jlui jli juil",
    "augustus": "aug august augustes augstus",
    "september": "sep sept",
    "oktober": "okt october oct octobr octber",
    "november": "nov",
    "december": "dec desember",
    "nacht": "nachten nachtjes nachte nachtn nachies nagt nagten nights night",
    "dag": "dagen dagjes daagjes dage daag dgn days",
    "week": "weken weke wek wk wkn wekn weik wiek wieken weeken weeek weekjes weeks",
    "maand": "maanden maande maandn maant maandje maandjes mnd month",
    "weekend": "weekeind weekeinde weekent weekendje weekendjes wkend wknd wkd wkdn wiekend",
    "midweek": "midweekje midwk",
    "een nacht": "nachtje nachie nachtsje nachtke",
    "een dag": "dagje dagske daggie daagje",
    "een week": "weekje weekske weekie weekke",
    "volgende": "volgend volg vlgnde vlgd vlg volgnde volgede volgne volgene next tokomende"
    " toekomende",
    "komende": "komend kommende kommend komede komnde aankomende aankomend eerstkomende"
    " eerstkomend eerstvolgende eerstvolgend",
    "aanstaande": "aanstaand aanstande aanstand astaande aanst",
    "deze": "dit dees dizze disse",
    # What is past; only known in order to be left out.
    "vorige": "vorig afgelopen verleden voorbije voorgaande gisteren eergisteren gister"
    " gisteravond gisternacht",
    "begin": "begn",
    "half": "medio midden mid halve halverwege",
    "eind": "einde ende end",
    "laatste": "laatse laaste",
    "voorlaatste": "eennalaatste",
    "lente": "voorjaar vroegjaar",
    "zomer": "zomermaanden zomerperiode somer summer",
    "herfst": "najaar herst hefst",
    "winter": "wintermaanden winterperiode",
    "zomervakantie": "zomervacantie zomerverlof",
    "kerstvakantie": "kerstvacantie kerstverlof",
    # They differ by region, so no dates belong to them.
    "schoolvakantie": "meivakantie herfstvakantie voorjaarsvakantie krokusvakantie paasvakantie"
    " carnavalsvakantie pinkstervakantie bouwvak kerstreces",
    "pasen": "paasdagen paasweekend paasweekeinde paas paschen easter",
    "pinksteren": "pinksterdagen pinksterweekend pinksterweekeinde pinxteren pinkster pinkstere",
    "hemelvaart": "hemelvaartweekend hemelvaartsweekend hemelvaart hemelvaartdagen",
    "hemelvaartsdag": "hemelvaartdag",
    "kerst": "kerstmis kerstdagen kerstweekend kerstfeest kersmis xmas",
    "kerstavond": "kerstnacht",
    "koningsdag": "koningdag koninginnedag koniginsdag koniningsdag",
    "bevrijdingsdag": "bevrijdingdag",
    "sinterklaas": "sinterklaasavond pakjesavond",
    "carnaval": "karnaval vastelaovend vastenavond",
    "carnavalsweekend": "carnavalweekend",
    "feestdagen": "kerstperiode",
    "oudjaar": "oudejaarsavond oudejaar oudjaarsdag oudejaarsdag oudejaarsnacht oudjaarsavond",
    "nieuwjaar": "nieuwjaarsdag",
    "oudennieuw": "jaarwisseling",
    "dierendag": "",
    "moederdag": "moedersdag",
    "vaderdag": "vadersdag",
    "valentijnsdag": "valentijn",
    "sintmaarten": "",
    "dodenherdenking": "",
    "vandaag": "vandaa vndaag vanaag heden today",
    "vanavond": "vannacht vanmiddag vanaaf vanoavend vanaovend vanavnd",
    "morgen": "mrgn mrgen morgenn morge morgn merge tomorrow morgenavond morgenochtend morgenmiddag"
    " morgenvroeg morgennacht",
    "overmorgen": "overmorge ovrmorgen overmorgn overmrgn",
    "van": "v vd vn",
    "2e paasdag": "paasmaandag",
    "2e pinksterdag": "pinkstermaandag",
    "1e paasdag": "paaszondag",
    "stille zaterdag": "paaszaterdag",
    "1e pinksterdag": "pinksterzondag",
    "tot": "till until to tott ttot toot tto tpt",
    "vanaf": "vanav vannaf vana vnaf",
    "voor": "veur vur",
    "tussen": "tussn tusse",
    "over": "ovr",
    "of": "ofwel oftewel",
    "en": "und",
    "rond": "rondom omstreeks omtrent circa ca ong plm ongeveer",
    "tegen": "",
    "binnen": "binne",
    "paar": "paartje",
    # What comes back or goes on: no single stay is meant.
    "elke": "elk iedere ieder altijd meestal vaak vaker telkens steeds wekelijks wekelijkse"
    " maandelijks dagelijks jaarlijks per doordeweeks doordeweekse normaal normaliter structureel"
    " regelmatig vaste gewoonlijk tegenwoordig weekends weekenden"
    " maandags dinsdags woensdags donderdags vrijdags zaterdags zondags"
    " maandagen dinsdagen woensdagen donderdagen vrijdagen zaterdagen zondagen",
}

# Written as one word with what follows: "volgendeweek", "eindjuni".
GLUED_FIRST = (
    *("volgende", "volgend", "komende", "komend", "aanstaande", "deze", "dit"),
    *("begin", "eind", "half", "medio", "mid"),
)
DAY_PARTS = (
    *("ochtend", "morgen", "middag", "avond", "nacht", "namiddag", "voormiddag", "vroeg"),
    *("och", "mrgn", "aovend", "oavend", "morge"),
)

# One letter off from a word of time, and a word of its own.
_NEIGHBOURS = """
    werkend wegend weegend kokende kopende vandaar vandaan aangaande volgens zonder zonde overdag
    overgen bestaande staande komen winters winterse winkel winner zomerse morgens borgen
    donderslag voldoende vallende volgden kerstman
"""
REAL_WORDS = frozenset(_NEIGHBOURS.split())

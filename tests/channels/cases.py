"""What each channel must make of each body in tests/payloads/. A new channel adds its rows here."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from bot.errors import Malformed, WebhookError
from bot.messages import (
    Blocking,
    ChoiceRef,
    Event,
    GroupInvitation,
    IncomingMessage,
    Kind,
    Place,
    Tapped,
)

Expected = Event | type[WebhookError] | None


# The `date` of Telegram's payloads, and the `edit_date` of those that were edited.
SENT = datetime.fromtimestamp(1794990000, UTC)
EDITED = datetime.fromtimestamp(1794990100, UTC)


@dataclass(frozen=True)
class Case:
    """One body: what it shows, whose it is, its file, and the message, error or nothing in it."""

    name: str
    channel: str
    payload: str
    expected: Expected


def _whatsapp(number: int, kind: Kind, text: str = "", **more: object) -> IncomingMessage:
    message = IncomingMessage("whatsapp", "whatsapp:+31600000001", f"SM{number:032x}", kind, text)
    return replace(message, **more)  # type: ignore[arg-type]  # rows name only real fields


def _telegram(number: int, kind: Kind, text: str = "", **more: object) -> IncomingMessage:
    update = 890100000 + number
    message = IncomingMessage(
        "telegram",
        "710000001",
        str(update),
        kind,
        text,
        sequence=update,
        reference=None if kind is Kind.CHOICE else "101",
        written_at=None if kind is Kind.CHOICE else SENT,
    )
    return replace(message, **more)  # type: ignore[arg-type]  # rows name only real fields


def _sms(number: int, kind: Kind, text: str = "", sort: str = "SM") -> IncomingMessage:
    return IncomingMessage("sms", "+31600000001", f"{sort}{number:032x}", kind, text)


GREETING = "Goedemiddag, ik zorg voor mijn man 🌷"
CAPTION = "Zo ligt hij erbij, ik kan niet meer"
TAP = "3049000000000000001"
LONG = ("Ik wil graag vertellen hoe het bij ons thuis gaat. " * 100)[:5000]
RIGHT_TO_LEFT = "Mijn buurvrouw zegt السلام عليكم en ik zorg voor haar 🌷👩🏽‍🦽"
wa = partial(Case, channel="whatsapp")
sm = partial(Case, channel="sms")
tg = partial(Case, channel="telegram")

# fmt: off
WHATSAPP = (
    wa("a text", payload="text.form", expected=_whatsapp(1, Kind.TEXT, GREETING)),
    wa("lines and signs survive", payload="several_lines.form",
       expected=_whatsapp(2, Kind.TEXT, "Hij slaapt slecht.\nIk ook, é & = + %")),
    wa("a reply to an earlier message", payload="reply.form",
       expected=_whatsapp(3, Kind.TEXT, "Ja, graag")),
    wa("a sender without a phone number", payload="username_sender.form",
       expected=_whatsapp(4, Kind.TEXT, "Hallo", address="whatsapp:NL.1a2b3c4d5e")),
    wa("a button that points at a choice", payload="button.form",
       expected=_whatsapp(5, Kind.CHOICE, "Ja, graag", choice=ChoiceRef(4711, 0))),
    wa("a list item that points at a choice", payload="list.form",
       expected=_whatsapp(6, Kind.CHOICE, "Een weekend", choice=ChoiceRef(4711, 2))),
    wa("a template's own button is its words", payload="template_button.form",
       expected=_whatsapp(7, Kind.TEXT, "Bel mij")),
    wa("a photo", payload="photo.form", expected=_whatsapp(8, Kind.PHOTO)),
    wa("the words under a photo are kept", payload="photo_with_caption.form",
       expected=_whatsapp(9, Kind.PHOTO, CAPTION)),
    wa("a voice message", payload="voice.form", expected=_whatsapp(10, Kind.VOICE)),
    wa("a video", payload="video.form", expected=_whatsapp(11, Kind.OTHER)),
    wa("a document", payload="document.form", expected=_whatsapp(12, Kind.DOCUMENT)),
    wa("a sticker", payload="sticker.form", expected=_whatsapp(13, Kind.STICKER)),
    wa("a contact", payload="contact.form", expected=_whatsapp(14, Kind.CONTACT)),
    wa("a location, without its address", payload="location.form",
       expected=_whatsapp(15, Kind.LOCATION, place=Place(52.1583, 4.4931))),
    wa("a location that is nowhere", payload="location_nowhere.form",
       expected=_whatsapp(25, Kind.LOCATION)),
    wa("something Twilio does not show", payload="unsupported.form",
       expected=_whatsapp(16, Kind.OTHER)),
    wa("fields that are new to us", payload="new_fields.form",
       expected=_whatsapp(17, Kind.TEXT, "Hallo")),
    wa("a character no database keeps", payload="nul_character.form",
       expected=_whatsapp(18, Kind.TEXT, "Hallo")),
    wa("another account's message", payload="other_account.form", expected=Malformed),
    wa("no account", payload="no_account.form", expected=Malformed),
    wa("no id", payload="no_sid.form", expected=Malformed),
    wa("a blank sender", payload="blank_sender.form", expected=Malformed),
    wa("a repeated and a blank field", payload="repeated_field.form",
       expected=_whatsapp(24, Kind.TEXT, "Hallo")),
    wa("a number", payload="number.form", expected=_whatsapp(31, Kind.TEXT, "2")),
    wa("the words of a choice", payload="word.form",
       expected=_whatsapp(32, Kind.TEXT, "nee, nog niet!")),
    wa("five thousand characters", payload="long.form", expected=_whatsapp(33, Kind.TEXT, LONG)),
    wa("right to left, and signs of several parts", payload="right_to_left.form",
       expected=_whatsapp(34, Kind.TEXT, RIGHT_TO_LEFT)),
    wa("JSON instead of a form", payload="json_body.json", expected=Malformed),
)

SMS = (
    sm("a text", payload="text.form", expected=_sms(1, Kind.TEXT, GREETING)),
    sm("lines and signs survive", payload="several_lines.form",
       expected=_sms(2, Kind.TEXT, "Hij slaapt slecht.\nIk ook, é & = + %")),
    sm("no more messages", payload="opting_out.form", expected=_sms(3, Kind.TEXT, "STOP")),
    sm("messages again", payload="opting_in.form", expected=_sms(4, Kind.TEXT, "START")),
    sm("a photo, by MMS", payload="photo.form", expected=_sms(8, Kind.PHOTO, sort="MM")),
    sm("the words under a photo are kept", payload="photo_with_caption.form",
       expected=_sms(9, Kind.PHOTO, CAPTION, sort="MM")),
    sm("a voice message, by MMS", payload="voice.form",
       expected=_sms(10, Kind.VOICE, sort="MM")),
    sm("a video, by MMS", payload="video.form", expected=_sms(11, Kind.OTHER, sort="MM")),
    sm("a document, by MMS", payload="document.form",
       expected=_sms(12, Kind.DOCUMENT, sort="MM")),
    sm("a contact, by MMS", payload="contact.form", expected=_sms(14, Kind.CONTACT, sort="MM")),
    sm("no words at all", payload="blank.form", expected=_sms(16, Kind.OTHER)),
    sm("fields that are new to us", payload="new_fields.form",
       expected=_sms(17, Kind.TEXT, "Hallo")),
    sm("another account's message", payload="other_account.form", expected=Malformed),
    sm("no id", payload="no_sid.form", expected=Malformed),
    sm("a blank sender", payload="blank_sender.form", expected=Malformed),
    sm("a number", payload="number.form", expected=_sms(31, Kind.TEXT, "2")),
    sm("the words of a choice", payload="word.form",
       expected=_sms(32, Kind.TEXT, "nee, nog niet!")),
    sm("as long as Twilio allows", payload="long.form",
       expected=_sms(33, Kind.TEXT, LONG[:1600])),
    sm("right to left, and signs of several parts", payload="right_to_left.form",
       expected=_sms(34, Kind.TEXT, RIGHT_TO_LEFT)),
)

TELEGRAM = (
    tg("a text", payload="text.json", expected=_telegram(1, Kind.TEXT, GREETING)),
    tg("pressing Start is a greeting", payload="start.json",
       expected=_telegram(2, Kind.TEXT, "hallo")),
    tg("a link's code is no word of the person", payload="start_with_code.json",
       expected=_telegram(3, Kind.TEXT, "hallo", start_code="hv-7Kq2")),
    tg("words after Start that are no code stay", payload="start_with_words.json",
       expected=_telegram(37, Kind.TEXT, "hallo mijn man is ziek")),
    tg("a command is its words", payload="command.json",
       expected=_telegram(4, Kind.TEXT, "vergeet mij")),
    tg("a slash that is no command stays", payload="slash_in_text.json",
       expected=_telegram(5, Kind.TEXT, "/ ja/nee, dat weet ik niet")),
    tg("a photo", payload="photo.json", expected=_telegram(6, Kind.PHOTO)),
    tg("the words under a photo are kept", payload="photo_with_caption.json",
       expected=_telegram(7, Kind.PHOTO, CAPTION)),
    tg("a voice message", payload="voice.json", expected=_telegram(8, Kind.VOICE)),
    tg("music", payload="audio.json", expected=_telegram(9, Kind.VOICE)),
    tg("a document", payload="document.json", expected=_telegram(10, Kind.DOCUMENT)),
    tg("a GIF is no document", payload="gif.json", expected=_telegram(11, Kind.OTHER)),
    tg("a sticker", payload="sticker.json", expected=_telegram(12, Kind.STICKER)),
    tg("a location", payload="location.json",
       expected=_telegram(13, Kind.LOCATION, place=Place(52.1583, 4.4931))),
    tg("a place", payload="venue.json",
       expected=_telegram(14, Kind.LOCATION, place=Place(52.1583, 4.4931))),
    tg("another's contact, without their number", payload="contact.json",
       expected=_telegram(15, Kind.CONTACT)),
    tg("one's own contact is one's number", payload="own_contact.json",
       expected=_telegram(38, Kind.TEXT, "+31600000001")),
    tg("a photo of an album", payload="album.json",
       expected=_telegram(39, Kind.PHOTO, album="13970000000000001")),
    tg("the next photo of it", payload="album_second.json",
       expected=_telegram(55, Kind.PHOTO, album="13970000000000001", reference="155")),
    tg("a video", payload="video.json", expected=_telegram(16, Kind.OTHER)),
    tg("a poll", payload="poll.json", expected=_telegram(17, Kind.OTHER)),
    tg("a poll as another version of the Bot API writes it",
       payload="poll_of_another_version.json", expected=_telegram(36, Kind.OTHER)),
    tg("a throw of dice", payload="dice.json", expected=_telegram(18, Kind.OTHER)),
    tg("pinning a message", payload="pinned.json", expected=None),
    tg("changing a chat's settings", payload="auto_delete_timer.json", expected=None),
    tg("a group", payload="group.json", expected=None),
    tg("an edited message has new words", payload="edited.json",
       expected=_telegram(22, Kind.TEXT, "Goedenavond", replaces=True, written_at=EDITED)),
    tg("an edited caption too", payload="edited_caption.json",
       expected=_telegram(40, Kind.PHOTO, CAPTION, replaces=True, written_at=EDITED)),
    tg("a shared place that moves", payload="edited_live_location.json", expected=None),
    tg("an edited message in a group", payload="edited_in_group.json", expected=None),
    tg("a channel's post", payload="channel_post.json", expected=None),
    tg("characters no database keeps", payload="odd_characters.json",
       expected=_telegram(24, Kind.TEXT, "Hallo ")),
    tg("a content that is new to us", payload="no_words_or_content.json",
       expected=_telegram(25, Kind.OTHER)),
    tg("a tap on a button", payload="tap.json", expected=_telegram(
        26, Kind.CHOICE, "Nee", choice=ChoiceRef(4711, 1), callback_id=TAP,
        tapped=Tapped("100", "Wilt u dat?", "Nee"))),
    tg("a tap on a message too old to show", payload="tap_on_old_message.json",
       expected=_telegram(27, Kind.CHOICE, choice=ChoiceRef(4711, 1), callback_id=TAP)),
    tg("a tap that points at no choice", payload="tap_with_other_data.json", expected=None),
    tg("a tap in a group", payload="tap_in_group.json", expected=None),
    tg("a tap outside any chat", payload="tap_inline.json", expected=None),
    tg("the person blocked the bot", payload="blocked.json",
       expected=Blocking("telegram", "710000001", True, SENT, 890100031)),
    tg("the person let the bot in again", payload="unblocked.json",
       expected=Blocking("telegram", "710000001", False, SENT, 890100043)),
    tg("the bot was put in a group", payload="group_joined.json",
       expected=GroupInvitation("telegram", "-100200300")),
    tg("the bot was put out of a group", payload="group_left.json", expected=None),
    tg("a membership that is a text", payload="membership_is_text.json", expected=Malformed),
    tg("a kind of update that is new to us", payload="new_kind_of_update.json", expected=None),
    tg("a message without a chat", payload="message_without_chat.json", expected=Malformed),
    tg("a text that is a number", payload="text_is_a_number.json", expected=Malformed),
    tg("a message that is a text", payload="message_is_a_text.json", expected=Malformed),
    tg("no update_id", payload="no_update_id.json", expected=Malformed),
    tg("an update_id that is a text", payload="update_id_is_text.json", expected=Malformed),
    tg("an update_id that is a truth value", payload="update_id_is_true.json", expected=Malformed),
    tg("an update_id no column holds", payload="update_id_too_large.json", expected=Malformed),
    tg("a message from before", payload="earlier.json",
       expected=_telegram(50, Kind.TEXT, "Dit schreef ik eerst", reference="150")),
    tg("a number", payload="number.json", expected=_telegram(51, Kind.TEXT, "2", reference="151")),
    tg("the words of a choice", payload="word.json",
       expected=_telegram(52, Kind.TEXT, "nee, nog niet!", reference="152")),
    tg("as long as Telegram allows", payload="long.json",
       expected=_telegram(53, Kind.TEXT, LONG[:4096].strip(), reference="153")),
    tg("right to left, and signs of several parts", payload="right_to_left.json",
       expected=_telegram(54, Kind.TEXT, RIGHT_TO_LEFT, reference="154")),
    tg("fields that are new to us", payload="new_fields.json",
       expected=_telegram(71, Kind.TEXT, "Hallo")),
    tg("a list", payload="list.json", expected=Malformed),
    tg("half a body", payload="not_json.json", expected=Malformed),
)
# fmt: on

CASES = (*WHATSAPP, *SMS, *TELEGRAM)

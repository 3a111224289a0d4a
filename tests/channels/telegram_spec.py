"""Whether a call to the Bot API is as documented: types and required fields by the machine-readable
specification (where it lies beside this project), lengths by python-telegram-bot's constants.

The Bot API silently ignores a field that it does not know; here that is a mistake of ours.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

from telegram.constants import (
    BotCommandLimit,
    CallbackQueryLimit,
    ChatAction,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    MessageLimit,
    UpdateType,
    WebhookLimit,
)

from tests.channels.specs import SPECS

FILE = SPECS / "telegram_bot_api.json"
Fields = Mapping[str, str]
_SIMPLE: Mapping[str, Callable[[Any], bool]] = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, str),
}
# How a parameter of a form is written: https://core.telegram.org/bots/api#making-requests
_WRITTEN = {"Integer": r"-?[0-9]+", "Float": r"-?[0-9]+(\.[0-9]+)?", "Boolean": r"true|false"}


def problem(method: str, fields: Fields) -> str | None:
    """What is wrong with a call, in a few words; None when it is as documented."""
    return next(
        chain(_against_specification(method, fields), _against_limits(method, fields)), None
    )


@cache
def specification() -> Any:
    """The Bot API as data; without methods and types where the file is absent."""
    if not FILE.is_file():
        return {"methods": {}, "types": {}}
    return json.loads(FILE.read_text())


def _against_specification(method: str, fields: Fields) -> Iterator[str]:
    methods = specification()["methods"]
    if not methods:
        return
    documented = {one["name"]: one for one in methods[method].get("fields", [])}
    for name, one in documented.items():
        if one["required"] and not fields.get(name):
            yield f"{name} is empty"
    for name, value in fields.items():
        if name not in documented:
            yield f"{name} is no parameter of {method}"
        elif not any(_written(kind, value) for kind in documented[name]["types"]):
            yield f"{name} is not {' or '.join(documented[name]['types'])}"


def _written(kind: str, value: str) -> bool:
    """Whether a form's value is of a kind of the specification."""
    if kind in _WRITTEN:
        return re.fullmatch(_WRITTEN[kind], value) is not None
    if kind in ("String", "InputFile"):
        return True
    try:
        return _is(kind, json.loads(value))
    except ValueError:
        return False


def _is(kind: str, value: Any) -> bool:
    """Whether a value of JSON is of a kind of the specification."""
    if kind in _SIMPLE:
        return _SIMPLE[kind](value)
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_is(inner, one) for one in value)
    described = specification()["types"][kind]
    if "subtypes" in described:
        return any(_is(subtype, value) for subtype in described["subtypes"])
    fields = {one["name"]: one for one in described.get("fields", [])}
    required = {name for name, one in fields.items() if one["required"]}
    return (
        isinstance(value, dict)
        and required <= value.keys() <= fields.keys()
        and all(any(_is(one, value[name]) for one in fields[name]["types"]) for name in value)
    )


def _against_limits(method: str, fields: Fields) -> Iterator[str]:
    longest: int = MessageLimit.MAX_TEXT_LENGTH
    if method == "answerCallbackQuery":
        longest = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    if len(fields.get("text", "")) > longest:
        yield "message is too long"
    if len(fields.get("caption", "")) > MessageLimit.CAPTION_LENGTH:
        yield "message caption is too long"
    if method in ("sendMessage", "editMessageText") and not fields.get("text", "").strip():
        yield "message text is empty"
    if fields.get("action", ChatAction.TYPING) not in list(ChatAction):
        yield "wrong parameter action in request"
    secret = fields.get("secret_token", "")
    most = WebhookLimit.MAX_SECRET_TOKEN_LENGTH
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{0,{most.value}}}", secret):
        yield "secret token contains unallowed characters, or is too long"
    if not re.fullmatch(r"([a-z]{2})?", fields.get("language_code", "")):
        yield "language_code is no two-letter code"
    if not set(json.loads(fields.get("allowed_updates", "[]"))) <= set(UpdateType):
        yield "allowed_updates names an unknown kind"
    yield from _commands(json.loads(fields.get("commands", "[]")))
    markup = json.loads(fields.get("reply_markup", "{}"))
    yield from _keyboard(markup.get("inline_keyboard", []))
    yield from _reply_keyboard(markup.get("keyboard", []), fields.get("chat_id", ""))


def _commands(commands: list[Mapping[str, str]]) -> Iterator[str]:
    if len(commands) > BotCommandLimit.MAX_COMMAND_NUMBER:
        yield "BOT_COMMANDS_TOO_MUCH"
    for one in commands:
        if not re.fullmatch(rf"[a-z0-9_]{{1,{BotCommandLimit.MAX_COMMAND.value}}}", one["command"]):
            yield "BOT_COMMAND_INVALID"
        if not 1 <= len(one["description"]) <= BotCommandLimit.MAX_DESCRIPTION:
            yield "BOT_COMMAND_DESCRIPTION_INVALID"


def _reply_keyboard(rows: list[list[Mapping[str, Any]]], chat: str) -> Iterator[str]:
    for button in (button for row in rows for button in row):
        if not button.get("text", "").strip():
            yield "text buttons must have a text"
        # https://core.telegram.org/bots/api#keyboardbutton: "Available in private chats only", and
        # a button has "at most one of the fields other than text".
        asked = [name for name in button if name.startswith("request_")]
        if asked and chat.startswith("-"):
            yield "phone number and location can be requested in private chats only"
        if len(asked) > 1:
            yield "a button requests one thing"


def _keyboard(rows: list[list[Mapping[str, str]]]) -> Iterator[str]:
    if sum(map(len, rows)) > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER:
        yield "too many buttons"
    if any(len(row) > InlineKeyboardMarkupLimit.BUTTONS_PER_ROW for row in rows):
        yield "too many buttons in a row"
    for button in (button for row in rows for button in row):
        if not button.get("text", "").strip():
            yield "text buttons must have a text"
        size = len(button.get("callback_data", "-").encode())
        most = InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
        if not InlineKeyboardButtonLimit.MIN_CALLBACK_DATA <= size <= most:
            yield "BUTTON_DATA_INVALID"

"""What a person reads once everything runs."""

from bot.stack.welcome import TRY_FIRST, welcome
from tests.stack.cast import settings


def test_it_says_where_everything_is_and_what_to_try() -> None:
    text = "\n".join(welcome(settings(port=8001), None, {"telegram": "Telegram is off: set X"}))
    for expected in ("http://127.0.0.1:8001/chat", "http://127.0.0.1:8001/console", *TRY_FIRST):
        assert expected in text
    assert "Telegram is off: set X" in text


def test_in_the_demo_it_shows_the_login_and_elsewhere_how_to_make_one() -> None:
    demo = "\n".join(welcome(settings(), ("anne@voorbeeld.nl", "geheim"), {}))
    assert "log in with anne@voorbeeld.nl and geheim" in demo
    assert "adempauze coordinator add" in "\n".join(welcome(settings(), None, {}))


def test_a_server_that_listens_everywhere_is_shown_with_an_address_that_opens() -> None:
    text = "\n".join(welcome(settings(host="0.0.0.0", port=8001), None, {}))
    assert "http://127.0.0.1:8001/chat" in text


def test_the_public_address_is_shown_where_there_is_one() -> None:
    text = "\n".join(welcome(settings(public_url="https://adempauze.example"), None, {}))
    assert "https://adempauze.example/chat" in text

"""For how long courtesies are left out after Telegram asked to wait, and whose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DeliveryError, Failure
from integrations.telegram import Telegram
from integrations.telegram.quiet import Quiet
from tests.channels.peers import Answer, TelegramPeer

RIET, JAN = "710000001", "710000002"


class Watch:
    """A clock in seconds."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def quiet(watch: Watch) -> Quiet:
    return Quiet(watch)


def busy(seconds: float | None, *, everyone: bool = False) -> DeliveryError:
    return DeliveryError(Failure.NOT_SENT, "too_many_requests", seconds, everyone=everyone)


def test_only_the_chat_that_was_too_fast_is_left_alone_until_then(
    quiet: Quiet, watch: Watch
) -> None:
    quiet.note(RIET, busy(30))
    assert (quiet.is_asked(RIET), quiet.is_asked(JAN)) == (True, False)
    watch.now += 30
    assert not quiet.is_asked(RIET)


def test_what_is_meant_for_everyone_leaves_everyone_alone(quiet: Quiet, watch: Watch) -> None:
    quiet.note(RIET, busy(30, everyone=True))
    assert quiet.is_asked(JAN)
    watch.now += 30
    assert not quiet.is_asked(JAN)


def test_an_error_that_asks_for_nothing_changes_nothing(quiet: Quiet) -> None:
    quiet.note(RIET, busy(30))
    quiet.note(RIET, DeliveryError(Failure.BLOCKED, "forbidden"))
    assert quiet.is_asked(RIET)


@given(
    asked=st.lists(
        st.tuples(
            st.sampled_from([RIET, JAN]), st.integers(1, 60), st.booleans(), st.integers(0, 9)
        )
    )
)
def test_a_wait_is_never_shortened_and_what_is_over_is_forgotten(
    asked: list[tuple[str, int, bool, int]],
) -> None:
    watch = Watch()
    quiet = Quiet(watch)
    ends = {RIET: 0.0, JAN: 0.0}
    for chat, seconds, everyone, passing in asked:
        quiet.note(chat, busy(seconds, everyone=everyone))
        for whose in ends if everyone else (chat,):
            ends[whose] = max(ends[whose], watch.now + seconds)
        watch.now += passing
        for whose, end in ends.items():
            assert quiet.is_asked(whose) is (watch.now < end)


def test_a_thousand_chats_that_waited_are_not_remembered(quiet: Quiet, watch: Watch) -> None:
    for number in range(1000):
        quiet.note(str(number), busy(30))
        watch.now += 1
    assert len(quiet) <= 30


async def test_one_busy_chat_keeps_no_courtesy_from_another(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    words = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 30}}
    peer.fail(Answer(429, words), on="sendChatAction")
    for chat in (RIET, RIET, JAN):
        await telegram.show_typing(chat)
    assert peer.typing == [int(JAN)]

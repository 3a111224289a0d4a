"""Telegram as a channel: updates in by webhook or by polling, the Bot API out."""

import hmac
import time
from collections.abc import Coroutine, Mapping

import structlog
from telegram import WebhookInfo
from telegram.constants import FloodLimit

from bot.errors import BadSignature, DeliveryError, Failure
from bot.messages import Delivery, Event, IncomingMessage
from bot.settings import Settings
from integrations.channel import (
    Abilities,
    Accept,
    Acknowledgement,
    Rate,
    Rates,
    WebhookRequest,
)
from integrations.telegram.api import BotApi
from integrations.telegram.bubbles import LONGEST_TEXT, MOST_BUTTONS, Bubble, bubbles
from integrations.telegram.polling import poll
from integrations.telegram.quiet import Quiet
from integrations.telegram.updates import parse

log = structlog.get_logger()


class Telegram:
    """One Telegram bot.

    Args:
        token: the bot's token from BotFather.
        secret: what Telegram must repeat in its webhook calls; empty refuses all of them.
        api_url: the Bot API's address up to the token, as python-telegram-bot's `base_url`.
        timeout: seconds that each phase of a call may take (connecting, sending, answering).
        pause: seconds before trying again after the first failed poll in a row.
    """

    name = "telegram"
    label = "Telegram"
    abilities = Abilities(
        buttons=MOST_BUTTONS, button_title=LONGEST_TEXT, body=10_000, images=True,
        caption_choices=True, contact_request=True, location_request=True,
    )  # fmt: skip
    # https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    rates: Rates | None = Rates(
        person=Rate(1 / FloodLimit.MESSAGES_PER_SECOND_PER_CHAT),
        everyone=Rate(1 / FloodLimit.MESSAGES_PER_SECOND),
    )
    acknowledgement = Acknowledgement()

    def __init__(
        self,
        token: str,
        secret: str = "",
        api_url: str = "https://api.telegram.org/bot",
        timeout: float = 10.0,
        pause: float = 1.0,
    ) -> None:
        self._secret = secret
        self._pause = pause
        self._quiet = Quiet(time.monotonic)
        self._api = BotApi(token, api_url, timeout)

    def receive(self, request: WebhookRequest) -> tuple[Event, ...]:
        """What Telegram's update tells; nothing when it is not for us.

        A malformed one is refused, and so stays visible in getWebhookInfo and is offered again.

        Raises:
            BadSignature: the secret is missing or wrong.
            Malformed: not an update as documented.
        """
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise BadSignature("X-Telegram-Bot-Api-Secret-Token is missing or wrong")
        return parse(request.body)

    async def acknowledge(self, message: IncomingMessage) -> None:
        """Stop the waiting sign on the button that was tapped, and show what was chosen.

        An old keyboard would otherwise go on offering what was decided.
        """
        if message.callback_id is None:
            return
        chat, answered = message.address, self._api.answer_tap(message.callback_id)
        await self._politely(chat, "answer_tap", answered)
        if message.tapped is not None:
            shown = self._api.show_choice(chat, message.tapped)
            await self._politely(chat, "show_choice", shown)

    async def show_typing(self, address: str) -> None:
        """Show for five seconds that an answer is being written."""
        await self._politely(address, "show_typing", self._api.show_typing(address))

    async def decline(self, address: str, words: str) -> None:
        """Say in a group that this works one to one only, and leave it."""
        await self._politely(address, "decline", self._api.send(address, Bubble(words)))
        await self._politely(address, "leave", self._api.leave(address))

    async def _politely(self, chat: str, call: str, made: Coroutine[None, None, object]) -> None:
        """Make a call that is a courtesy: failing is logged, never raised and never repeated.

        While Telegram asks us to wait with this chat, or with all, none is made there.
        """
        if self._quiet.is_asked(chat):
            made.close()
            return
        try:
            await made
        except DeliveryError as error:
            self._quiet.note(chat, error)
            log.warning(
                "telegram_courtesy_failed",
                call=call,
                failure=error.failure.value,
                code=error.code,
            )

    async def send(self, delivery: Delivery) -> str | None:
        """Send the message: pictures first, each with its description, then the text, in several
        bubbles if it is too long for one.

        Returns:
            Telegram's id of the (last) bubble.

        Raises:
            DeliveryError: as integrations/telegram/errors.py decides. Once a bubble is out the
                rest is unknown, as repeating the whole would send the first bubble twice.
        """
        sent = None
        for number, bubble in enumerate(bubbles(delivery), start=1):
            try:
                sent = await self._api.send(delivery.address, bubble)
            except DeliveryError as error:
                if sent is None:
                    raise
                raise DeliveryError(Failure.UNKNOWN, f"bubble_{number}:{error.code}") from error
        if sent is None:
            raise DeliveryError(Failure.PERMANENT, "empty_message")
        return sent

    async def poll(self, accept: Accept) -> None:
        """Fetch what happens until cancelled; it is confirmed after `accept` returned for it."""
        await poll(self._api, accept, self._pause)

    async def set_commands(self, language: str, commands: Mapping[str, str]) -> None:
        """Set the menu of commands, with their descriptions, for a language ("" for all others).

        Raises:
            DeliveryError: Telegram did not take it.
        """
        await self._api.set_commands(language, commands)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have Telegram call `url` (the whole address, https) and repeat `secret` each time.

        Raises:
            DeliveryError: Telegram did not take it.
        """
        await self._api.set_webhook(url, secret)

    async def delete_webhook(self) -> None:
        """Have Telegram call nobody; what waits there is kept.

        Raises:
            DeliveryError: Telegram did not take it.
        """
        await self._api.delete_webhook()

    async def webhook(self) -> WebhookInfo:
        """What Telegram says of the webhook: address, what waits, the last error.

        Raises:
            DeliveryError: Telegram did not tell.
        """
        return await self._api.webhook()

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self._api.close()


def from_settings(settings: Settings) -> Telegram | str:
    """The channel, or one line why it is off and what to set."""
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        return "Telegram is off: set TELEGRAM_BOT_TOKEN to turn it on"
    secret = settings.telegram_webhook_secret.get_secret_value()
    return Telegram(token, secret, settings.telegram_api_url)

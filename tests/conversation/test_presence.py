"""That an answer is being written is shown beside the work, and costs the work nothing."""

import asyncio
import gc
import uuid

from bot.conversation.presence import Presence
from bot.store.database import Database
from bot.store.vault import Vault
from tests.conversation.conftest import RecordingChannel

AT_ONCE = 100
# The moments at which the work ends: all around the one at which the person is looked up, in
# seconds (bot/conversation/presence.py).
FIRST, STEP = 0.295, 0.0004


async def test_work_that_ends_while_the_person_is_looked_up_leaves_no_connection_behind(
    database: Database, vault: Vault
) -> None:
    presence = Presence(database, vault, {"webchat": RecordingChannel()})

    async def work(number: int) -> None:
        async with presence.working(uuid.uuid4()):
            await asyncio.sleep(FIRST + STEP * number)

    for _ in range(3):
        await asyncio.gather(*(work(number) for number in range(AT_ONCE)))
    await presence.settled()
    # A connection that was not given back complains when it is thrown away.
    gc.collect()
    assert database.connections_in_use == 0

"""Writes down which custom action failed while which message was handled."""

from datetime import datetime

from sqlalchemy import insert, select

from bot.store.database import Database
from bot.store.tables import ActionFailure, Inbound


class Failures:
    """Implements `actions.endpoint.Failures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, inbound_id: int, action: str, error: str, now: datetime) -> None:
        """Note that an action failed; nothing when the message was erased meanwhile."""
        async with self._database.transaction() as session:
            known = await session.scalar(select(Inbound.id).where(Inbound.id == inbound_id))
            if known is not None:
                await session.execute(
                    insert(ActionFailure).values(
                        inbound_id=inbound_id, action=action, error=error, at=now
                    )
                )

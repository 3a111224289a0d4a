"""Alembic's entry: runs the migrations on the connection that bot.store.database passes in."""

from alembic import context

from bot.store.tables import Base


def _ours(name: str | None, kind: str, _parent: object) -> bool:
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=_ours,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()

"""What Alembic runs for each upgrade; `bot.archive.upgrade` hands it the open connection."""

from alembic import context

from bot.archive.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

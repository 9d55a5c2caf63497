"""Run by Alembic, over the connection and within the transaction that `Store.prepare` has opened."""

from alembic import context

from cds.audit.rows import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()

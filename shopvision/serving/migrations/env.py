"Alembic runs this. The connection is given by `shopvision.serving.store.migrate`; from Alembic's own command line it comes from SHOPVISION_STORE."
import os

from alembic import context

from shopvision.serving.store import open_database, tables


def run(connection) -> None:
    context.configure(connection=connection, target_metadata=tables, render_as_batch=True)
    with context.begin_transaction(): context.run_migrations()


given = context.config.attributes.get('connection')
if given is not None: run(given)
else:
    with open_database(os.environ.get('SHOPVISION_STORE', 'sqlite:///shopvision.db')).begin() as connection: run(connection)

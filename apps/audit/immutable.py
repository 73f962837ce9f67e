"""Database triggers that make a table append-only, on SQLite and PostgreSQL, as a migration operation."""

from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MESSAGE = "rows of {table} cannot be changed or removed"

SQLITE = """
CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{message}'; END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_no_change BEFORE {update} OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
"""


def append_only(table: str, columns: Sequence[str] = ()) -> migrations.RunPython:
    """Rows of `table` may be inserted, never updated or deleted, whoever asks. With `columns`, others may change."""
    message = MESSAGE.format(table=table)
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"

    def forwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(POSTGRESQL_FUNCTION.format(table=table, message=message))
            editor.execute(POSTGRESQL_TRIGGER.format(table=table, update=update))
        else:
            for name, verb in (("update", update), ("delete", "DELETE")):
                editor.execute(SQLITE.format(table=table, name=name, verb=verb, message=message))

    def backwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            editor.execute(f"DROP FUNCTION {table}_refuse()")
        else:
            editor.execute(f"DROP TRIGGER {table}_no_update")
            editor.execute(f"DROP TRIGGER {table}_no_delete")

    return migrations.RunPython(forwards, backwards)

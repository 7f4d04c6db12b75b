"""python -m orders.migrate FOLDER: bring the database up to the newest of the folder's *.sql files.
python -m orders.migrate --version: say which it has. A file's number is what its name begins with.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from orders.database import connect

PATIENCE_S = 60
LOCK = 7_301
"""So that two builds do not migrate one database at once."""


def main(argument: str) -> None:
    """Do what the command line says."""
    with connect_when_it_answers() as connection:
        if argument == "--version":
            print(version_of(connection))
            return
        for number, file in newer_than(version_of(connection), Path(argument)):
            with connection.transaction():
                connection.execute(file.read_text())
                connection.execute("INSERT INTO schema_version VALUES (%s)", [number])
            print(f"applied {file.name}")
        print(f"the schema has version {version_of(connection)}")


def connect_when_it_answers() -> psycopg.Connection:
    """A connection; a database that has just been started takes its time."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection = connect()
            break
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                sys.exit(f"no database: {error}")
            time.sleep(0.2)
    connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (number integer PRIMARY KEY)")
    return connection


def version_of(connection: psycopg.Connection) -> int:
    """The number of the newest file that was applied, 0 for an empty database."""
    [found] = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version").fetchone()
    return found


def newer_than(version: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """The files that are still to be applied, in order."""
    for file in sorted(folder.glob("*.sql")):
        number = int(file.name.partition("_")[0])
        if number > version:
            yield number, file


if __name__ == "__main__":
    main(sys.argv[1])

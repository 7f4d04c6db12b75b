"""The way to the database."""

import os

import psycopg


def connect() -> psycopg.Connection:
    """A connection to the database that the environment names."""
    return psycopg.connect(
        host=os.environ["DB_HOST"],
        dbname="orders",
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASSWORD"],
        connect_timeout=5,
    )

"""Placing and cancelling orders: the stock and the orders change together, or neither does."""

import psycopg


class OutOfStockError(Exception):
    """There is less of an article than was ordered."""


def receive(connection: psycopg.Connection, article: str, count: int) -> None:
    """Goods come in."""
    connection.execute(
        """INSERT INTO stock (article, count) VALUES (%(article)s, %(count)s)
           ON CONFLICT (article) DO UPDATE SET count = stock.count + %(count)s""",
        {"article": article, "count": count},
    )


def place(connection: psycopg.Connection, customer: str, lines: dict[str, int]) -> int:
    """An order of some articles; returns its number. Raises OutOfStockError: nothing has changed."""
    with connection.transaction():
        [number] = connection.execute(
            "INSERT INTO orders (customer) VALUES (%s) RETURNING number", [customer]
        ).fetchone()
        for article, count in sorted(lines.items()):
            taken = connection.execute(
                "UPDATE stock SET count = count - %s WHERE article = %s AND count >= %s",
                [count, article, count],
            )
            if taken.rowcount == 0:
                raise OutOfStockError(article)
            connection.execute(
                "INSERT INTO order_lines VALUES (%s, %s, %s)", [number, article, count]
            )
    return number


def cancel(connection: psycopg.Connection, number: int) -> bool:
    """Put an order's goods back; whether there was such an order."""
    with connection.transaction():
        lines = connection.execute(
            "DELETE FROM order_lines WHERE number = %s RETURNING article, count", [number]
        ).fetchall()
        for article, count in lines:
            receive(connection, article, count)
        return connection.execute("DELETE FROM orders WHERE number = %s", [number]).rowcount == 1


def in_stock(connection: psycopg.Connection, article: str) -> int:
    """How many there are."""
    found = connection.execute("SELECT count FROM stock WHERE article = %s", [article]).fetchone()
    return found[0] if found else 0

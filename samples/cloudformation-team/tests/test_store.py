"""Orders in a real database: what a stand-in for one could not show."""

import threading
import unittest

import psycopg

from orders.database import connect
from orders.store import OutOfStockError, cancel, in_stock, place, receive


class StoreTest(unittest.TestCase):
    def setUp(self) -> None:
        self.connection = connect()
        self.connection.autocommit = True
        self.addCleanup(self.connection.close)
        self.connection.execute("TRUNCATE stock, orders, order_lines")

    def test_an_order_takes_from_the_stock(self) -> None:
        receive(self.connection, "lamp", 3)
        place(self.connection, "Ada", {"lamp": 2})
        self.assertEqual(in_stock(self.connection, "lamp"), 1)

    def test_an_order_that_cannot_be_filled_changes_nothing(self) -> None:
        receive(self.connection, "chair", 5)
        with self.assertRaises(OutOfStockError):
            place(self.connection, "Ada", {"chair": 1, "lamp": 1})
        self.assertEqual(in_stock(self.connection, "chair"), 5)
        self.assertEqual(self.connection.execute("SELECT count(*) FROM orders").fetchone(), (0,))

    def test_the_last_one_is_sold_once(self) -> None:
        receive(self.connection, "lamp", 1)
        fates = []

        def buy(customer: str) -> None:
            with connect() as connection:
                try:
                    place(connection, customer, {"lamp": 1})
                    fates.append("sold")
                except OutOfStockError:
                    fates.append("out of stock")

        buyers = [threading.Thread(target=buy, args=(name,)) for name in ("Ada", "Grace", "Joan")]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        self.assertEqual(sorted(fates), ["out of stock", "out of stock", "sold"])
        self.assertEqual(in_stock(self.connection, "lamp"), 0)

    def test_a_cancelled_order_is_put_back(self) -> None:
        receive(self.connection, "lamp", 3)
        number = place(self.connection, "Ada", {"lamp": 2})
        self.assertTrue(cancel(self.connection, number))
        self.assertFalse(cancel(self.connection, number))
        self.assertEqual(in_stock(self.connection, "lamp"), 3)

    def test_the_schema_lets_no_stock_be_negative(self) -> None:
        with self.assertRaises(psycopg.errors.CheckViolation):
            receive(self.connection, "lamp", -1)

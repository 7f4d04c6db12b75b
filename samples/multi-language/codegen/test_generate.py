"""The header that generate.py writes."""

import unittest

from generate import header_of


class HeaderTest(unittest.TestCase):
    def test_has_a_line_for_each_unit(self) -> None:
        header = header_of([{"symbol": "m", "metres": 1}, {"symbol": "ft", "metres": 0.3048}])
        self.assertEqual(header.splitlines()[2:4], ['    {"m", 1},', '    {"ft", 0.3048},'])

    def test_refuses_a_unit_that_is_there_twice(self) -> None:
        unit: dict[str, object] = {"symbol": "m", "metres": 1}
        with self.assertRaisesRegex(ValueError, "twice"):
            header_of([unit, unit])

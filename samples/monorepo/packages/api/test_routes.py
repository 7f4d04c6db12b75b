"""Which paths a route is for."""

import unittest

from routes import match_route


class MatchRouteTest(unittest.TestCase):
    def test_gives_the_values_of_names(self) -> None:
        self.assertEqual(match_route("/users/{id}", "/users/7"), {"id": "7"})

    def test_is_none_for_another_path(self) -> None:
        self.assertIsNone(match_route("/users/{id}", "/teams/7"))

    def test_is_none_for_a_longer_path(self) -> None:
        self.assertIsNone(match_route("/users/{id}", "/users/7/posts"))

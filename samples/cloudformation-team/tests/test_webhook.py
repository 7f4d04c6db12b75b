"""Messages are signed with the key of this stage."""

import os
import unittest

from orders.webhook import is_ours, message


class WebhookTest(unittest.TestCase):
    def test_a_message_is_signed_with_the_key(self) -> None:
        body, signature = message(7, "Ada")
        self.assertTrue(is_ours(body, signature, os.environ["WEBHOOK_KEY"]))

    def test_another_key_or_body_does_not_fit(self) -> None:
        body, signature = message(7, "Ada")
        self.assertFalse(is_ours(body, signature, "another key"))
        self.assertFalse(is_ours(body + b" ", signature, os.environ["WEBHOOK_KEY"]))

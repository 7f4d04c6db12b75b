"""The speed claims of the README, each measured as a ratio within one run."""

"""The orders of a small shop."""

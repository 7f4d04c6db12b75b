"""A CodeBuild-compatible build runner for your own machine and CI."""

__version__ = "0.1.0"

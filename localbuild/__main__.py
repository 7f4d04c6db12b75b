"""The program's door: `localbuild` and `python -m localbuild`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from localbuild.cli.main import run_cli

    sys.exit(run_cli(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""The program's door: `localbuild` and `python -m localbuild`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from localbuild.cli.main import run_cli

        code = run_cli(sys.argv[1:])
    except KeyboardInterrupt:  # while loading
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()

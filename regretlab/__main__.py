"""``python -m regretlab`` is the command ``regretlab``."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C, also while it loads, is one line and exit status 130."""
    try:
        from regretlab.cli import main as command

        command()
    except KeyboardInterrupt:
        print("regretlab: interrupted.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()

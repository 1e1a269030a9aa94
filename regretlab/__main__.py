"""``python -m regretlab`` is the command ``regretlab``."""

import sys

from regretlab.cli import terminal


def main() -> None:
    """Run the command line; a signal to stop, also while it loads, is one line and exit status 128 + its number."""
    terminal.prepare()
    status: object = 0
    try:
        terminal.listen()
        from regretlab.cli.app import main as command

        terminal.check()
        command()
    except KeyboardInterrupt:
        print("regretlab: interrupted.", file=sys.stderr)
        status = 130
    except SystemExit as stop:
        status = stop.code
    sys.exit(terminal.finish(status if isinstance(status, int) else int(status is not None)))


if __name__ == "__main__":
    main()

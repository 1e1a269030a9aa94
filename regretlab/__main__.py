"""``python -m regretlab`` is the command ``regretlab``."""

from regretlab.cli import main

main()

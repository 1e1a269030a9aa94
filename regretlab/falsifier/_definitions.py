"""A file of the user's, whose methods and bounds are known by their names once it has been run."""

from __future__ import annotations

import multiprocessing as mp
import os
import runpy
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from regretlab.errors import InputError

#: Seconds after which a file of definitions is no longer waited for.
PATIENCE = 10.0


def define(file: Path) -> None:
    """Run a file of the user's, so that the methods and bounds that it defines are known by their names.

    It is a program, which may end or never end: it is tried in a process of its own first, where processes fork.
    """
    try:
        readable = file.is_file() and file.suffix == ".py"
    except (OSError, ValueError):
        readable = False
    if not readable:
        raise InputError(f"{file} is not a Python file; give one that defines methods or bounds of yours.")
    if hasattr(os, "fork"):
        _try(file)
    try:
        with blamed(file):
            runpy.run_path(str(file))
    except InputError as error:
        raise error if str(error).startswith(file.name) else InputError(f"{file.name}: {error}") from None


def _try(file: Path) -> None:
    """Raise an :class:`InputError` if the file ends its process or does not end; other errors are left to come."""
    mine, theirs = mp.Pipe(duplex=False)
    trial = mp.get_context("fork").Process(target=_run, args=(file, theirs), daemon=True)
    trial.start()
    theirs.close()
    try:
        said = mine.recv() if mine.poll(PATIENCE) else f"has not ended after {PATIENCE:g} seconds"
    except EOFError:
        said = "ends the process that reads it"
    finally:
        trial.kill()
        trial.join()
        mine.close()
    if said:
        raise InputError(f"{file.name} {said}; a file of definitions is run to its end: mend it.")


def _run(file: Path, done: Connection) -> None:
    """Run the file without a sound, and say whether it would have ended this process."""
    said = ""
    with open(os.devnull, "w", encoding="utf-8") as silence:
        sys.stdout = sys.stderr = silence
        try:
            runpy.run_path(str(file))
        except Exception:
            said = ""
        except BaseException as stop:
            said = f"ends with {type(stop).__name__}"
        done.send(said)
        done.close()
        os._exit(0)


@contextmanager
def blamed(file: Path | None) -> Iterator[None]:
    """Name the user's file in one sentence for whatever goes wrong in it or because of what it defines."""
    try:
        yield
    except (Exception, SystemExit, GeneratorExit) as error:
        if file is None or isinstance(error, InputError):
            raise
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename).name == file.name]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        where = file.name if line is None else f"{file.name} line {line}"
        raise InputError(f"{where}: {type(error).__name__}: {error}; mend the file.") from None

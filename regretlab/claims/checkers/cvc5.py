"""The solver cvc5 in a process of its own: it does not keep its own time limit, so it must be one that can be killed.

The process answers one question after another, as starting it takes longer than most questions do. It ends when this
process closes its input, which it does however it ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from typing import IO, cast

#: What the process runs: a line holds a question and its limit as JSON, a line answers it.
_PROGRAM = """
import json, sys, time, cvc5
try:
    import resource
except ImportError:  # Windows
    resource = None
for line in sys.stdin:
    question, seconds = json.loads(line)
    if resource:
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft if most < 0 else min(soft, most), most))
    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, question, "question")
    answer = "unknown"
    while not (command := parser.nextCommand()).isNull():
        answer = command.invoke(solver, parser.getSymbolManager()).strip() or answer
    print(answer, flush=True)
"""
#: How much longer than its limit, which is of the processor's time, a question may take on a busy machine.
_BUSY = 6
#: The solver of every thread.
_own = threading.local()


def ask(questions: Sequence[str], limit: float) -> list[str]:
    """Return the answers until one takes the processor longer than ``limit`` seconds, or breaks the solver.

    The time is that of the processor, so that a busy machine changes no verdict; all questions together may take as
    long as six of them.
    """
    if getattr(_own, "solver", None) is None or _own.solver.by != os.getpid():
        _own.solver = Solver()
    solver: Solver = _own.solver
    watch = threading.Timer(_BUSY * limit, solver.process.kill)
    watch.start()
    answers: list[str] = []
    try:
        while len(answers) < len(questions) and (answer := solver.answer(questions[len(answers)], limit)):
            answers.append(answer)
    finally:
        watch.cancel()
        if len(answers) < len(questions):  # also when this is interrupted: the answer may yet come
            _own.solver = None
            solver.end()
    return answers


class Solver:
    """A process that runs cvc5; it ends with this object, and with the process that made it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.by = os.getpid()  # a copy that fork has made must begin its own
        self.end = weakref.finalize(self, _end, self.process, self.by)

    def answer(self, question: str, limit: float) -> str:
        """Return the answer, or nothing if the process has ended."""
        to, back = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        try:
            to.write(json.dumps([question, limit]) + "\n")
            to.flush()
            return back.readline().strip()
        except OSError:
            return ""


def _end(process: subprocess.Popen[str], by: int) -> None:
    if by == os.getpid():
        with process:  # closes its files, and waits
            process.kill()

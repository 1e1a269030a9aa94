"""Malformed inputs from a seed, and a runner that gives each a process, an empty folder and a time limit of its own.

Every input is broken on purpose by one of the breakers below, with places and values drawn from the seed, so that none
of them is valid by accident.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

#: Seconds for one input, and bytes of memory beside what the process has.
LIMIT, MEMORY = 20.0, 8 << 30
#: Characters of what is said: one sentence, after the usage line where an option is not known.
LONGEST = 700

Text = str | bytes


@dataclass
class Case:
    """One input: the command line (or the path of a record to open), its files, and the statuses that are right."""

    kind: str
    name: str
    argv: list[str]
    files: dict[str, Text] = field(default_factory=dict)
    right: tuple[int, ...] = (2,)


@dataclass
class Outcome:
    """How a case ended: ``verdict`` is ``"sentence"`` where it ended as it should, else what went wrong."""

    case: Case
    status: int
    seconds: float
    out: str
    err: str
    verdict: str

    def __str__(self) -> str:
        last = (self.err.strip().splitlines() or ["nothing was said"])[-1]
        return f"{self.verdict}: {self.case.kind} {self.case.name} {self.case.argv} status {self.status}: {last[:300]}"


NO_NUMBERS = [
    "", " ", "ten", "1,000", "0x1F", "3;4", "--", "1e", ".", "٣x", "1/0", "1/0.5/2", "nan", "-inf", "1e999", "4.5.6",
    "[3]", "1e99999999", "-7", "2.5", "\U0001f600", "\u202e9", "9" * 4000, "1/" + "7" * 3000, "None", "{}", "1 2", "½",
]  # fmt: skip
FIELDS = ["horizon", "replicates", "jobs"]


def options(rng: random.Random) -> Iterator[Case]:
    """Options that do not exist, or whose value is not one."""
    run = ["run", "reddi", "--algorithms", "sgd", "--out", "o"]
    while True:
        match rng.randrange(9):
            case 0:
                name, value = rng.choice(FIELDS), rng.choice(NO_NUMBERS)
                argv = [*run, f"--{name}={value}"] + ([] if name == "jobs" else ["--jobs", "1"])
                yield Case("options", f"{name}={value[:12]!r}", argv)
            case 1:
                name, value = rng.choice(["budget", "candidates"]), rng.choice(NO_NUMBERS)
                if name == "budget" and value == "2.5":
                    continue
                yield Case("options", f"falsify {name}={value[:12]!r}", ["falsify", f"--{name}={value}", "--out", "o"])
            case 2:
                letters = "".join(rng.choice("abcdefgxyz-_0") for _ in range(rng.randint(3, 30)))
                command = rng.choice(["run", "list", "show", "verify", "falsify", "doctor"])
                yield Case("options", f"{command} --z{letters}", [command, f"--z{letters}"])
            case 3:
                command = "".join(rng.choice("abcdefgxyz0 [/\\") for _ in range(rng.randint(1, 60)))
                yield Case("options", f"command {command[:12]!r}", [f"q{command}"])
            case 4:
                name = rng.choice(["horizon", "replicates", "seed", "out", "algorithms", "jobs"])
                yield Case("options", f"{name} without a value", ["run", "reddi", f"--{name}"])
            case 5:
                what = "".join(rng.choice("abcxyz.:/\\[]<>&%'\"\n é") for _ in range(rng.randint(1, 80)))
                yield Case("options", f"show {what[:12]!r}", ["show", f"zz{what}"])
            case 6:
                study = rng.choice(
                    ["zz{}", "zz{}.toml", "no/zz{}.toml", "zz" + "/z" * 900, "z" * 300, "z" * 300 + ".toml"]
                )
                yield Case("options", f"study {study[:12]}", ["run", study.format(rng.randrange(99)), "--out", "o"])
            case 7:
                form = "".join(rng.choice("jsonhtml[]") for _ in range(rng.randint(1, 9))) + "z"
                yield Case("options", f"format {form}", [rng.choice(["verify", "doctor"]), "--format", form])
            case 8:
                extra = rng.choice([["list", "more"], ["doctor", "more"], ["run", "reddi", "more"], ["show"]])
                yield Case("options", " ".join(extra), extra)


SPELLED = [
    "adam(alpha={})", "adam(beta1={})", "amsgrad(beta2={})", "adambs(gamma={})", "adamcb(batch_size={})",
    "padam(p={})", "sgd(schedule={})", "adamw(weight_decay={})", "amsgrad+adambs(p_min={})", "adam(bias_correction={})",
]  # fmt: skip
NO_VALUES = [
    "", "x", "'x'", "-3", "nan", "inf", "1e999", "1/0", "9**9", "[1]", "(1, 2)", "{1: 2}", "lambda: 1", "f'{1}'", "1j",
    "__import__('os')", "open('x')", "1e99999999", "b'1'", "...", "print", "1 if True else 2", "x := 1", "*[1]",
    "9" * 3000, "'" + "x" * 3000 + "'", "1_000_000", "0b11", "١", "not 1", "-" * 3000 + "1",
    "(" * 3000 + "1" + ")" * 3000,
]  # fmt: skip
PROBLEMS = [
    "reddi(C={})", "reddi(period={})", "logistic(radius={})", "logistic(domain={})", "logistic(test={})",
    "logistic(scale={})", "one_neuron(n={})", "mlp(hidden={})", "stochastic_reddi(delta={})", "hinge(data={})",
]  # fmt: skip


def spellings(rng: random.Random) -> Iterator[Case]:
    """Algorithms and problems that are no names with arguments, or whose arguments are out of range."""
    end = ["--horizon", "5", "--jobs", "1", "--out", "o"]
    while True:
        match rng.randrange(4):
            case 0:
                text = rng.choice(SPELLED).format(rng.choice(NO_VALUES))
                yield Case("spellings", text[:40], ["run", "reddi", f"--algorithms={text}", *end])
            case 1:
                value = rng.choice([v for v in NO_VALUES if v not in ("(1, 2)", "[1]")])
                text = rng.choice(PROBLEMS).format(value)
                yield Case("spellings", text[:40], ["run", "reddi", f"--problems={text}", "--algorithms=sgd", *end])
            case 2:
                text = "".join(
                    rng.choice("adm()=,.+-*/'\"[]{}01eE_:;<>&|%#@!~^ \t\x01") for _ in range(rng.randint(1, 40))
                )
                option = rng.choice(["algorithms", "problems"])
                yield Case("spellings", repr(text)[:40], ["run", "reddi", f"--{option}=%{text}", *end])
            case 3:
                name = rng.choice(["adam", "amsgrad", "sgd", "adambs", "reddi", "logistic"])
                broken = rng.choice([name[:-1] + "zq", name + "(", name + ")", name + "(1)", name + "(**{})",
                                     name + "(zz=1)", name + ".x", name + "[0]", name + "+" + name + "+" + name,
                                     "-" + name, f"{name}(C=1, C=2)", f"{name} {name}"])  # fmt: skip
                option = "problems" if name in ("reddi", "logistic") else "algorithms"
                yield Case("spellings", broken, ["run", "reddi", f"--{option}={broken}", *end])


STUDY = """horizon = 10
replicates = 1
[[run]]
problem = "reddi(C=3)"
algorithm = ["sgd(alpha=0.1)"]
"""
LINES = {
    "an unknown key": "{} = 3\n" + STUDY,
    "a wrong type": "seed = {}\n" + STUDY,
    "a key in a run": STUDY + "{} = 1\n",
    "a wrong list": STUDY + "checkpoints = {}\n",
    "a wrong measure": 'measure = ["{}"]\n' + STUDY,
    "a wrong engine": 'engine = "{}"\n' + STUDY,
    "a table that is not known": STUDY + "[{}]\nx = 1\n",
    "a conclusion of nothing": STUDY + '[conclude]\n{} = "x"\n',
}
WRONG = [
    "-1",
    "2.5",
    "true",
    "[1]",
    "{x = 1}",
    "'word'",
    "1979-05-27",
    "nan",
    "inf",
    "''",
    "[[1]]",
    "1e400",
    "'1e99999999'",
]


def studies(rng: random.Random) -> Iterator[Case]:
    """Study files."""
    argv = ["run", "s.toml", "--out", "o", "--jobs", "1"]
    while True:
        match rng.randrange(5):
            case 0:
                name = rng.choice(list(LINES))
                word = "z" + "".join(rng.choice("abcxyz") for _ in range(8))
                values = [w for w in WRONG if (name, w) != ("a wrong list", "[1]")]
                value = rng.choice(values) if name in ("a wrong type", "a wrong list") else word
                yield Case("studies", name, argv, {"s.toml": LINES[name].replace("{}", value)})
            case 1:
                key = rng.choice(["horizon = 10", "replicates = 1", '"reddi(C=3)"', '["sgd(alpha=0.1)"]'])
                left = key.split(" = ")[0] + " = " if " = " in key else ""
                bad = rng.choice(["-1", "2.5", "{x = 1}", "1979-05-27", "nan", "''", "[]", "'nosuch(1)'"])
                yield Case("studies", f"{left or 'a part'} {bad}", argv, {"s.toml": STUDY.replace(key, left + bad)})
            case 2:
                cut = rng.randrange(30, len(STUDY) - 4)
                yield Case(
                    "studies",
                    f"cut at {cut}",
                    argv,
                    {"s.toml": STUDY[:cut] + rng.choice(["", "\n[[", '"', "\\", "= ="])},
                )
            case 3:
                at = rng.randrange(len(STUDY))
                junk = rng.choice([b"\xff\xfe", b"\x00", b"\x80", b"[[", b"\x1b[31m", b"= =", b"]"])
                text = STUDY.encode()
                yield Case("studies", f"bytes at {at}", argv, {"s.toml": text[:at] + junk + b"\n" + junk + text[at:]})
            case 4:
                text = rng.choice(
                    [
                        "",
                        "\n",
                        "# nothing\n",
                        "x",
                        "[[run]]\n",
                        "run = 3\n",
                        "[run]\n",
                        '[[run]]\nproblem = "reddi"\n',
                        "[[run]]\nalgorithm = []\n",
                        "[" * 3000,
                        'horizon = "' + "9" * 5000 + '"\n' + STUDY[13:],
                    ]
                )
                yield Case("studies", f"only {text[:12]!r}", argv, {"s.toml": text})


def table(rng: random.Random) -> list[list[str]]:
    """Two classes, three features."""
    return [[str(k % 2), *(f"{rng.uniform(-1, 1):.3f}" for _ in range(3))] for k in range(12)]


def data(rng: random.Random) -> Iterator[Case]:
    """Data files."""

    def case(name: str, file: str, content: Text, problem: str = "logistic") -> Case:
        end = ["--algorithms", "sgd", "--horizon", "5", "--jobs", "1", "--out", "o"]
        return Case("data", name, ["run", "logistic", f"--problems={problem}(data='{file}')", *end], {file: content})

    while True:
        rows = table(rng)
        i, j = rng.randrange(1, 12), rng.randrange(1, 4)
        svm = [f"{row[0]} 1:{row[1]} 2:{row[2]} 3:{row[3]}" for row in rows]
        match rng.randrange(8):
            case 0:
                rows[i][j] = rng.choice(
                    ["", "nan", "inf", "x", "1,2", "1e999", "NA", "1 2", "0x1", "--1", "1e99999999"]
                )
                yield case(f"a cell {rows[i][j]!r}", "d.csv", "\n".join(",".join(row) for row in rows) + "\n")
            case 1:
                rows[i] = rows[i][:j] if rng.random() < 0.5 else [*rows[i], "1"]
                yield case("a ragged row", "d.csv", "\n".join(",".join(row) for row in rows) + "\n")
            case 2:
                text = rng.choice(["", "\n\n", "label,x\n", "0,1\n0,2\n0,3\n"])
                yield case(f"too little {text[:9]!r}", "d.csv", text)
            case 3:
                junk = bytes(rng.randrange(128, 256) for _ in range(rng.randint(20, 200)))
                yield case("bytes", rng.choice(["d.csv", "d.npz", "d.svm", "d.idx3-ubyte", "d.gz", "d.csv.gz"]), junk)
            case 4:
                svm[i] = rng.choice(
                    ["z 1:1", "0 1:x", "0 -1:2", "0 1", "0 1:1:1", "0 99999999999999:1", "0 1:nan", "1 :2", "0 a:1"]
                )
                yield case(f"a line {svm[i]!r}", "d.svm", "\n".join(svm) + "\n")
            case 5:
                gone = case("a file that is not there", f"no{i}{j}.csv", "")
                yield Case(gone.kind, gone.name, gone.argv)
            case 6:
                magic = struct.pack(">HBB", 0, rng.choice([0x08, 0x0D, 0x77]), 3)
                sizes = struct.pack(">III", *(rng.choice([2, 3, 1 << 31]) for _ in range(3)))
                yield case("an IDX file cut short", "d.idx3-ubyte", magic + sizes + b"\1\2\3")
            case 7:
                buffer = io.BytesIO()
                bad = rng.choice(
                    [
                        {},
                        {"z": np.ones(3)},
                        {"X": np.ones(3)},
                        {"X": np.ones((3, 2)), "y": np.zeros(2)},
                        {"X": np.array([["a"]]), "y": np.zeros(1)},
                        {"X": np.full((3, 2), np.nan), "y": np.arange(3)},
                    ]
                )
                np.savez(buffer, **bad)
                content = buffer.getvalue()
                content = content if rng.random() < 0.6 else content[: rng.randrange(4, max(5, len(content) - 30))]
                yield case("an npz of other arrays, or cut", "d.npz", content)


def records(rng: random.Random) -> Iterator[Case]:
    """Records of runs, which ``rl.Result.open`` reads."""
    import regretlab as rl

    rl.simulate(rl.problems.Reddi(), "sgd", horizon=20, engine="array").to_netcdf("whole.nc")
    whole = Path("whole.nc").read_bytes()
    while True:
        at = rng.randrange(len(whole))
        match rng.randrange(4):
            case 0:
                content = whole[:at]
            case 1:
                content = whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :]
            case 2:
                size = rng.randint(8, 400)
                content = whole[:at] + bytes(rng.randrange(256) for _ in range(size)) + whole[at + size :]
            case 3:
                content = rng.choice(
                    [b"", b"CDF\x05", b"\x89HDF\r\n\x1a\n" + b"\xff" * 900, b"{}", whole[at:], b"CDF\x01" + whole[4:]]
                )
        if content != whole:
            yield Case("records", f"at {at}", ["open", "r.nc"], {"r.nc": content})


CLAIM = """from regretlab.claims import Paper, real
P = Paper("m", "M")
a, b = real("a b")
P.inequality("x", r"2ab \\le a^2 + b^2", at="L", show=2 * a * b <= a**2 + b**2)
"""


def certificates(rng: random.Random) -> Iterator[Case]:
    """Certificates beside a true claim: nothing but the whole one may stand for it."""
    from regretlab.claims import Ledger

    Path("m.py").write_text(CLAIM)
    Ledger([Path("m.py")]).verify(search=True, jobs=1)
    whole = Path("certs/m.x.json").read_text()
    known = json.loads(whole)
    while True:
        at = rng.randrange(1, len(whole))
        match rng.randrange(3):
            case 0:
                content = whole[:at] if whole[:at].strip() != whole.strip() else ""
            case 1:
                key = rng.choice([k for k in known if k not in ("tools",)])
                content = json.dumps(
                    {**known, key: rng.choice([None, 3, "x", [], {}, [[1]], {"x": 1}, 1e300, "9" * 3000])}
                )
            case 2:
                content = rng.choice(
                    ["", "null", "[]", "3", "[" * 4000, "{" * 900, '{"id": NaN}', "\x00", '{"a": ' + "9" * 5000 + "}"]
                )
        yield Case(
            "certificates",
            f"at {at}",
            ["verify", "m.py", "--jobs", "1"],
            {"m.py": CLAIM, "certs/m.x.json": content},
            (1, 2),
        )


BROKEN = [
    "def (", "x = '", "1/0", "undefined", "import no_such_module", "raise SystemExit(0)", "import sys; sys.exit(3)",
    "raise KeyboardInterrupt", "raise BaseException('x')", "import os; os._exit(0)", "def f(): f()\nf()", "\x00",
    "  x = 1\n y = 2",
    "x = " + "(" * 400 + ")" * 400, "raise StopIteration", "bytearray(1 << 45)", "raise ValueError('two\nlines')",
]  # fmt: skip
CALLS = [
    'P.inequality("x", "y", at="L", show=3)', 'P.inequality("x", "y", at="L", show="a <= b")', 'P.inequality("x", "y")',
    'P.inequality(3, "y", at="L", show=a <= b)', 'P.inequality("x/y", "y", at="L", show=a <= a)', 'P.nothing("x")',
    'P.inequality("x", "y", at="L", show=a <= a)', 'P.derivation("y", "z", at="L", uses=["none"])', 'Paper("", "M")',
    'P.finite("f", "y", at="L", designs=3, holds=4)', 'P.series("s", "y", at="L", term=3, bound=4)', 'Paper(3, 4)',
    'P.regret_bound("r", "y", at="L", losses=[1], algorithm="adamm", bound="adam.printed", horizon=3)', 'real("")',
    'P.regret_bound("r", "y", at="L", losses="x", algorithm="sgd", bound="sgd.zinkevich", horizon=3)', 'real(3)',
    'P.regret_bound("r", "y", at="L", losses=[1], algorithm="sgd", bound="sgd.zinkevich", horizon="many")', 'a[0]',
    'P.no_regret("n", "y", at="L", m="x", beta1=0, beta2=[1])', 'P.order("o", "y", at="L", terms=3, T=a, at_most=1)',
    "a < 1j",
]  # fmt: skip


def claims(rng: random.Random) -> Iterator[Case]:
    """Files of claims."""
    argv = ["verify", "m.py", "--jobs", "1", "--search"]
    while True:
        match rng.randrange(3):
            case 0:
                text = rng.choice(BROKEN)
                yield Case("claims", f"{text[:20]!r} after a claim", argv, {"m.py": CLAIM + text + "\n"})
            case 1:
                text = rng.choice(BROKEN)
                yield Case("claims", f"{text[:20]!r} alone", argv, {"m.py": text + "\n"})
            case 2:
                text = rng.choice(CALLS)
                yield Case("claims", text[:50], argv, {"m.py": CLAIM + text + "\n"}, (1, 2))


MAKERS: dict[Callable[[random.Random], Iterator[Case]], int] = {
    options: 80, spellings: 60, studies: 50, data: 50, records: 20, certificates: 20, claims: 20,
}  # fmt: skip


def cases(seed: int, shares: dict[Callable[[random.Random], Iterator[Case]], int]) -> list[Case]:
    """So many of each kind, no two of them the same; makers that need a whole file write it into this folder."""
    made: list[Case] = []
    for maker, count in shares.items():
        seen: set[str] = set()
        for case in maker(random.Random(f"{seed} {maker.__name__}")):
            if len(seen) == count:
                break
            what = repr((case.argv, case.files))
            if what not in seen:
                seen.add(what)
                made.append(case)
    return made


def run(case: Case, folder: Path, limit: float = LIMIT) -> Outcome:
    """Give the case to a fork of this process, which has loaded the libraries."""
    folder.mkdir()
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
    out, err, began = folder / ".out", folder / ".err", time.monotonic()
    child = os.fork()
    if child == 0:
        _child(case, folder, out, err)
    status, late = None, False
    while status is None:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        elif time.monotonic() - began > limit:
            late = True
            os.killpg(child, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        else:
            time.sleep(0.005)
    said, complained = (path.read_text(errors="replace") for path in (out, err))
    return Outcome(
        case, status, time.monotonic() - began, said, complained, _judge(case, status, said, complained, late)
    )


def _judge(case: Case, status: int, out: str, err: str, late: bool) -> str:
    if late:
        return "hang"
    if "Traceback" in out + err or "Fatal Python error" in err or status < 0:
        return "traceback"
    if status == 0:
        return "wrong success"
    if status not in case.right:
        return "odd status"
    if "Warning" in err:
        return "warning"
    if status == 2 and not err.strip():
        return "silence"
    if status == 2 and len(err) > LONGEST:
        return "page"
    return "sentence"


def _child(case: Case, folder: Path, out: Path, err: Path) -> None:
    """Run the case in this process and leave it."""
    status = 1
    try:
        os.setsid()
        os.chdir(folder)
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(i, mode, encoding="utf-8", errors="backslashreplace", closefd=False)
            for i, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        status = _command(case)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):  # nothing may bring the child back into the tests
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        os._exit(status & 255)


def _command(case: Case) -> int:
    """The command line, or the reading of a record; its exit status."""
    from regretlab.__main__ import main

    try:
        if case.argv[0] == "open":
            import regretlab as rl

            try:
                rl.Result.open(case.argv[1]).table()
            except rl.InputError as error:
                print(error, file=sys.stderr)
                return 2
            return 0
        sys.argv = ["regretlab", *case.argv]
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return 0

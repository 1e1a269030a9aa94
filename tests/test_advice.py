"""What messages advise exists: commands and options, extras, dotted names and keywords; some of it is truly run."""

import ast
import importlib
import inspect
import re
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import typer

import regretlab as rl
from regretlab import algorithms, paired, problems, samplers, testing
from regretlab.claims import Ledger, paper
from regretlab.claims.language import terms
from regretlab.cli import app
from regretlab.result import Result
from regretlab.system.files import seal
from tests.helpers.imports import parsed

PACKAGE = Path(rl.__file__).parent
TREES = {p: parsed(p) for p in sorted(PACKAGE.rglob("*.py"))}
PROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMANDS = typer.main.get_command(app.app).commands
#: What a command line that cannot be read raises.
USAGE = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")
#: Where a name that is called without its module is looked for.
PLACES = (rl, rl.methods, samplers, problems, testing, paired, rl.scaling, paper, terms, Result, rl.Sweep, pd.DataFrame)
#: Modules of others that messages name.
OTHERS = ("numpy", "sympy", "dataclasses")


def texts():
    """Every text of the source that is no docstring, with its file and line; what is filled in is written ``{}``."""
    for path, tree in TREES.items():
        nodes = list(ast.walk(tree))
        bodies = [n.body for n in nodes if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef))]
        left = {id(b[0].value) for b in bodies if b and isinstance(b[0], ast.Expr)}
        left |= {id(part) for n in nodes if isinstance(n, ast.JoinedStr) for part in n.values}
        for n in nodes:
            if isinstance(n, ast.JoinedStr):
                text = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in n.values)
            else:
                text = n.value if isinstance(n, ast.Constant) and isinstance(n.value, str) else ""
            # A program that is written as a text is no message.
            if " " in text and not text.startswith("\nimport ") and id(n) not in left:
                yield f"{path.relative_to(PACKAGE)}:{n.lineno}", text


def keywords():
    """Every parameter and field that something in the package has, ``index`` of pandas, ``variant`` of texts."""
    found = {"index", "variant"}
    for tree in TREES.values():
        for n in ast.walk(tree):
            found |= {n.arg} if isinstance(n, ast.arg) else set()
            if isinstance(n, ast.ClassDef):
                found |= {
                    s.target.id for s in n.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
                }
    return found


KEYWORDS = keywords()


def resolved(name):
    """What a dotted name is; AttributeError if there is none."""
    first, *rest = name.split(".")
    found = {"rl": rl, "result": Result, "Result": Result}.get(first) or importlib.import_module(first)
    for part in rest:
        if isinstance(found, ModuleType) and not hasattr(found, part):
            try:
                found = importlib.import_module(f"{found.__name__}.{part}")
            except ModuleNotFoundError:
                raise AttributeError(f"{found.__name__} has no {part}") from None
        else:
            found = getattr(found, part)
    return found


def commands(text):
    """What is wrong with the command lines and options of a message."""
    for line in re.findall(r"(?:['(]|by )regretlab ([a-z]+(?: (?:--[a-z]+|[A-Z]+|\{\}))*)", text):
        name, *words = line.replace("{}", "X").split()
        if name not in COMMANDS:
            yield f"there is no command {name}"
            continue
        try:
            if words or f"'regretlab {name}'" in text:
                COMMANDS[name].make_context(name, words)
        except USAGE as error:
            yield f"regretlab {line}: {error.format_message()}"
    options = {o: name for name, c in COMMANDS.items() for p in c.params for o in (*p.opts, *p.secondary_opts)}
    yield from (f"there is no option {o}" for o in re.findall(r"--[a-z][a-z-]*", text) if o not in options)
    for name, option in re.findall(r"\b(\w+) (--[a-z-]+)", text):
        if name in COMMANDS and option not in [o for p in COMMANDS[name].params for o in p.opts]:
            yield f"{name} has no option {option}"


def calls(text):
    """The calls with keywords that a message writes, as syntax."""
    for start in re.finditer(r"(?<![\w.])(?:\w+\.)*[A-Za-z_]\w*\(", text):
        for end in (m.end() for m in re.finditer(r"\)", text) if m.end() > start.end()):
            try:
                tree = ast.parse(text[start.start() : end].replace("{}", "_"), mode="eval").body
            except SyntaxError:
                continue
            yield from (n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.keywords)
            break


def is_parameter(algorithm, name):
    """Whether an algorithm that is written as text has the parameter, whatever its values."""
    try:
        algorithms.parse(f"{algorithm}({name}=0.5)")
    except rl.InputError as error:
        return not str(error).startswith("unknown parameter")
    return True


def called(call):
    """The parameters of what a call names, or None if nothing has the name."""
    name = ast.unparse(call.func)
    if "." in name and name.split(".")[0] in ("rl", "regretlab", "result", "Result", *OTHERS):
        return inspect.signature(resolved(name)).parameters
    last = name.rsplit(".", 1)[-1]
    if last in algorithms.ALGORITHMS:
        return [k.arg for k in call.keywords if is_parameter(last, k.arg)]
    if last in problems.Problem.known:
        return problems.names.declared(last)
    found = next((getattr(place, last) for place in PLACES if hasattr(place, last)), None)
    return None if found is None else inspect.signature(found).parameters


def faults(text):
    """What a message advises that does not exist."""
    yield from commands(text)
    for extra in re.findall(r"regretlab\[(\w+)\]", text):
        if extra not in PROJECT["optional-dependencies"]:
            yield f"there is no extra {extra}"
    roots = "|".join(("rl", "regretlab", "result", "Result", *OTHERS))
    for name in re.findall(rf"(?<![\w.])(?:{roots})(?:\.[A-Za-z_]\w*)+", text):
        try:
            resolved(name)
        except AttributeError:
            yield f"there is no {name}"
    for call in calls(text):
        try:
            known = called(call)
        except AttributeError:
            continue  # said above
        if known is None:
            yield f"nothing is called {ast.unparse(call.func)}"
        elif not any(
            getattr(p, "kind", None) is inspect.Parameter.VAR_KEYWORD for p in getattr(known, "values", list)()
        ):
            yield from (f"{ast.unparse(call)} has no {k.arg}" for k in call.keywords if k.arg not in known)
    simulate = inspect.signature(rl.simulate).parameters
    for name in re.findall(r"\bsimulate (?:again )?with (\w+)=", text):
        if name not in simulate:
            yield f"simulate has no {name}"
    for name in re.findall(r"(?<![\w.{\\-])([a-z][a-z0-9_]+)=(?!=)", text):
        if name not in KEYWORDS:
            yield f"nothing has the keyword {name}"


def test_what_messages_advise_exists():
    found = [f"{where}: {fault} ({text})" for where, text in texts() for fault in faults(text)]
    assert not found, "\n".join(found)


def test_there_is_much_of_it():
    """Else nothing was looked at."""
    said = [text for _, text in texts()]
    assert sum("regretlab[" in text for text in said) >= 4
    assert sum("measure=(" in text for text in said) >= 5
    assert sum(bool(re.search(r"\brl\.\w", text)) for text in said) >= 12
    assert sum(bool(list(calls(text))) for text in said) >= 12
    assert sum(bool(re.search(r"(?:['(])regretlab [a-z]", text)) for text in said) >= 8


WRONG = """
see 'regretlab lists' for more
see 'regretlab list CLAIM' for more
use 'regretlab show'
run 'regretlab run X --renew'
go on with --resumed
run verify --budget
(regretlab verify {} --again)
pip install 'regretlab[cuda]'
take rl.simulates
give rl.methods.SGDs(alpha=1)
declare regretlab.claims.reals('p')
call regretlab.file.seal({})
see result.regrets()
give rl.methods.SGD(alfa=1)
give result.regret(algorithms=name)
as in 'adam(alfa=0.1)'
as in 'adam(hidden=0.1)'
as in 'reddi(D=8)'
give Setting(m=6, K=2)
simulate with measures=('x',)
simulate with radius=2
give it as extend(problems=...)
use numpy.savezz(path)
set tests=.
for Mine(alpha=1) is better
"""


@pytest.mark.parametrize("text", WRONG.strip().splitlines())
def test_advice_that_is_wrong_is_found(text):
    assert list(faults(text))


# --- some of it run


@pytest.fixture(scope="module")
def result():
    return rl.simulate("stochastic_reddi", ["adam", "amsgrad"], horizon=30, replicates=3)


def advised(error, pattern):
    """The code in a message."""
    return re.search(pattern, str(error.value))[1]


def test_the_arrays_to_compare(result):
    with pytest.raises(rl.InputError) as error:
        paired.differences({"a": result})
    code = advised(error, r"such as (.*)\.$")
    arrays = {name: eval(code, {"result": result, "name": name}) for name in result.algorithms}
    assert all(a.shape == (3,) for a in arrays.values())
    assert len(paired.differences(arrays)) == 1


def test_the_measures_that_are_missing():
    run = "logistic(data='digits:3-8')", "adamcb"
    with pytest.raises(rl.InputError, match="was not measured") as error:
        rl.simulate(*run, horizon=5, measure=()).regret("sampler")
    written = {re.search(r"measure=(\('\w+',\))", text) for _, text in texts()} - {None}
    advice = {advised(error, r"measure=(\(.*?\))"), *(found[1] for found in written)}
    assert advice == {"('sampler',)", "('cumulative',)", "('stationarity',)"}
    for measure in map(eval, advice):
        assert rl.simulate(*run, horizon=5, measure=measure).regret(*measure).low.shape[0] == 1


def test_the_problem_that_a_file_does_not_hold(tmp_path):
    problem = rl.problems.Logistic(np.array([[1.0], [-2.0], [0.5]]), [0, 1, 1])
    rl.simulate(problem, "adam", horizon=5).to_netcdf(tmp_path / "run.nc")
    again = Result.open(tmp_path / "run.nc")
    with pytest.raises(rl.InputError) as error:
        again.extend(horizon=9)
    assert advised(error, r"(extend\(problem=\.\.\.\))")
    assert again.extend(horizon=9, problem=problem).horizon == 9


def test_the_seal_of_a_file_that_is_trusted(tmp_path, result):
    path = tmp_path / "run.nc"
    result.to_netcdf(path)
    path.write_bytes(path.read_bytes()[:-32])
    with pytest.raises(rl.InputError, match=r"regretlab\.files\.seal\("):
        Result.open(path)
    seal(path)
    for name in result.algorithms:
        assert Result.open(path).regret(algorithm=name).equals(result.regret(algorithm=name))


def test_what_the_beginning_of_a_file_of_claims_is(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text("from regretlab.claims import Paper\n")
    with pytest.raises(rl.InputError) as error:
        Ledger([file])
    begin = advised(error, r"begin with (P = .*?\))")
    file.write_text(
        f"import regretlab.claims\n{begin}\na = regretlab.claims.real('a')\nP.inequality('x', '', show=a >= a)\n"
    )
    (entry,) = Ledger([file]).verify(jobs=1)
    assert entry.verdict == "proved"


def test_the_examples_that_are_given_for_names_are_read():
    said = " ".join(text for _, text in texts())
    examples = set(re.findall(r"'([a-z_]+\([A-Za-z0-9_]+=[0-9.]+(?:, \w+=[0-9.]+)*\))'", said))
    assert len(examples) >= 3
    for example in examples:
        parse = problems.names.parse if example.split("(")[0] in problems.Problem.known else algorithms.parse
        parse(example)


@pytest.mark.parametrize("name", ["adam", "adam(alpha=0.1)", "sgd"])
def test_an_algorithm_in_the_place_of_a_kind_or_a_bound_is_told_its_own(name):
    run = rl.simulate("reddi", ["sgd", "adam"], horizon=20)
    for ask in (run.regret, run.interval, run.exponent):
        with pytest.raises(rl.InputError, match="the first argument is the kind of regret, such as 'online'") as error:
            ask(name)
        advice = advised(error, r"name the algorithm as (algorithm='.*')\.")
        assert advice == f"algorithm={name!r}"
    for ask in (run.bound, run.first_violation):
        with pytest.raises(
            rl.InputError, match=r"the first argument is the bound, such as '(adam|sgd)\.\w+'; name the"
        ):
            ask(name)
    assert run.regret("online", algorithm="adam").equals(run.regret("online", "adam"))
    with pytest.raises(rl.InputError, match="unknown kind of regret 'onlin'; did you mean 'online'"):
        run.regret("onlin")

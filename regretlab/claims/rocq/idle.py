"""Sequences that only a proof speaks of: their definitions are no hypotheses, as there are such sequences anyway."""

from __future__ import annotations

from collections.abc import Sequence

from regretlab.claims.language.binding import Fresh, opened
from regretlab.claims.language.definitions import Definition, read
from regretlab.claims.language.terms import Node, walk
from regretlab.claims.rocq.writing import Names, NotTranslated, Writer


def existence(definition: Definition, facts: Sequence[str], write: Writer) -> str:
    """Write that there is a sequence as defined: by a function of its indices, or by its recursion."""
    (name, *others) = definition.names
    called = write.sequences[name]
    how = None if others else _recursion(definition, write) if len(facts) == 2 else _function(definition, write)
    if how is None:
        raise NotTranslated(f"the definition of {', '.join(definition.names)}, of which only the proof speaks")
    entry = opened(definition.equations[0], Fresh(*definition.equations))[1].args[0]
    kind = "Z -> " * (len(entry.args) - 1) + "R"
    says = " /\\ ".join(f"({write(equation)})" for equation in definition.equations)
    return f"assert (exists {called} : {kind}, {says}) as ({' & '.join([called, *facts])}) by ({how})."


def _function(definition: Definition, write: Writer) -> str | None:
    _, equation = opened(definition.equations[0], Fresh(*definition.equations))
    entry, value = equation.args
    if len(definition.equations) > 1 or any(place.op != "index" for place in entry.args[1:]):
        return None
    return f"exists ({_abstracted(entry.args[1:], value, write)}); intros; reflexivity"


def _recursion(definition: Definition, write: Writer) -> str | None:
    """Write the recursion ``x[a] = first, x[t + 1] = step(x[t], t)`` for t from a on."""
    first, later = map(read, definition.equations)
    befores = {n for n in walk(later.value) if n.op == "entry" and n.args[0] == later.name}
    if len(befores) != 1 or (first.low, later.ahead, later.low) != (None, 1, first.ahead):
        return None
    (before,) = befores
    if later.running is None or before.args[1:] != (later.running,):
        return None
    step = _abstracted([later.running, before], later.value, write)
    return f"exact (recursion {write.atom(first.value)} ({step}) ({first.ahead})%Z)"


def _abstracted(variables: Sequence[Node], value: Node, write: Writer) -> str:
    """Write a value as a function of indices, and of entries."""
    names = Names([*write.sequences.values(), *(text.removeprefix("IZR ") for text in write.known.values())])
    inner = Writer(write.known, write.sequences)
    binders = []
    for variable in variables:
        index = variable.op == "index"
        name = names(variable.args[0] if index else "before")
        inner.known[variable] = f"IZR {name}" if index else name
        binders.append(f"({name} : {'Z' if index else 'R'})")
    return f"fun {' '.join(binders)} => {inner(value)}"

"""What a comparison of an optimiser with the algorithm of its paper found, and its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from regretlab.methods import Method
from regretlab.testing._variants import Variant, of_paper


class Difference(NamedTuple):
    """The first difference on a sequence: step, coordinate, and the two values of x after that step."""

    sequence: str
    step: int
    coordinate: int
    found: float
    expected: float
    #: What round-off may explain.
    allowed: float

    def __str__(self) -> str:
        return (
            f"step {self.step} of the {self.sequence} gradients, coordinate {self.coordinate}: x = {self.found!r}, the "
            f"paper's {self.expected!r} (round-off explains {self.allowed:.1g})"
        )


@dataclass(frozen=True)
class Conformance:
    """What came of a check; its text says it in a few lines.

    Attributes
    ----------
    candidate : str
    method : Method
        The paper's.
    verdict : {"same", "allowed", "different"}
        The paper's algorithm up to round-off; so with variants that were allowed; or neither.
    largest : float
        The largest difference of a coordinate from the paper's, as a share of the largest size that the coordinate has
        had until then in either.
    differences : tuple of Difference
        The first difference from the paper's on each sequence that has one, the earliest first.
    explanation : tuple of Variant
        The changes of lines that make the paper's algorithm the program's, up to round-off on all sequences; empty
        where there is no difference, or none of the known ones and no two of them explain it.
    sequences : tuple of str
        The sequences of gradients that were compared.
    steps : int
        The number of gradients in the longest of them; of later steps nothing is said.
    """

    candidate: str
    method: Method
    verdict: str
    largest: float
    differences: tuple[Difference, ...]
    explanation: tuple[Variant, ...]
    sequences: tuple[str, ...]
    steps: int

    @property
    def lines(self) -> tuple[str, ...]:
        """What the program does in place of which line, one text for each change."""
        return tuple(f"{v.said}, where the paper has {of_paper(v, self.method)}" for v in self.explanation)

    def raise_if_different(self) -> None:
        """Raise an AssertionError with the whole text, unless the program is the paper's algorithm or allowed."""
        __tracebackhide__ = True  # pytest's
        if self.verdict == "different":
            raise AssertionError(str(self))

    def __str__(self) -> str:
        return self.text(self.differences[:1])

    def text(self, differences: tuple[Difference, ...]) -> str:
        """Return the report with these differences."""
        source = getattr(self.method, "source", "")
        whose = f"{self.method.spelling}{f' of {source}' if source else ''}"
        if not differences:
            many = f"{len(self.sequences)} sequences of up to {self.steps} gradients"
            return (
                f"{self.candidate} is {whose}: on {many} no coordinate differs by more than {self.largest:.1g} of it."
            )
        allowed = ", as is allowed" if self.verdict == "allowed" else ""
        text = [f"{self.candidate} is not {whose}{allowed}.", *(f"First difference: {d}." for d in differences)]
        if self.explanation:
            text += [f"{'and by' if i else 'Explained by'} {said}." for i, said in enumerate(self.lines)]
        else:
            text.append("No known change of a line explains it, nor any two of them.")
        return "\n".join(text)

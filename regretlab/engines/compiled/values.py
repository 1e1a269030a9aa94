"""The arguments of the kernels: named tuples of arrays, which Numba takes apart without a cost."""

from __future__ import annotations

from typing import Any, NamedTuple

Array = Any


class Features(NamedTuple):
    """The examples: values, row starts and columns of sparse rows; rows of labels and of a column; lengths of rows."""

    values: Array
    starts: Array
    columns: Array
    y: Array
    lengths: Array


class Schedule(NamedTuple):
    """Coefficients, p, eps and the box's ends, ``constant`` (1, 13); ``rows`` over all steps of those that move."""

    constant: Array
    moving: Array
    rows: Array


class Draws(NamedTuple):
    """The sampler's code and constant probability, the weight of a draw in the second moment; streams and places."""

    sampler: int
    everyone: float
    per_draw: float
    words: Array
    position: Array


class Totals(NamedTuple):
    """Sums and extremes over the steps, by replicate, in the order of the CUDA kernels' arguments."""

    loss: Array
    received: Array
    squared_gradient: Array
    second_moment: Array
    largest_coordinate: Array
    largest_gradient: Array
    largest_example_gradient: Array
    smallest_x: Array
    largest_x: Array


class Room(NamedTuple):
    """Working memory of a thread: rows of numbers and indices by draw, rows by coordinate, marks by example."""

    F: Array
    Q: Array
    b: Array
    mark: Array

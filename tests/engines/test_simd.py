"""Vectors of compiled functions: every operation is that on the eight numbers, one by one."""

import math
import operator

import numba
import numpy as np
import pytest

from regretlab.engines.compiled import simd
from regretlab.engines.compiled.compilation import OPTIONS
from regretlab.engines.compiled.simd import WIDTH
from tests.tolerances import ROUND_OFF

A = np.array([[0.0, -0.0, 1.5, -2.25, np.inf, 1e-310, np.nan, 7.0]])
B = np.array([[1.0, 0.0, -3.5, -2.25, 2.0, 1e300, 1.0, 0.1]])


def applied(function, *rows):
    """The function of vectors, on rows of eight."""
    out = np.empty((1, WIDTH))
    (one if len(rows) == 1 else two)(numba.njit(**OPTIONS)(function), out, *rows)
    return out[0]


@numba.njit(**OPTIONS)
def one(f, out, a):
    simd.store(out, 0, 0, f(simd.load(a, 0, 0)))


@numba.njit(**OPTIONS)
def two(f, out, a, b):
    simd.store(out, 0, 0, f(simd.load(a, 0, 0), simd.load(b, 0, 0)))


def same_bits(found, expected):
    assert (found.view(np.uint64) == expected.view(np.uint64))[~np.isnan(expected)].all()
    assert (np.isnan(found) == np.isnan(expected)).all()


@pytest.mark.parametrize("symbol", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_arithmetic_rounds_as_on_numbers(symbol):
    with np.errstate(all="ignore"):
        same_bits(applied(lambda a, b: symbol(a, b), A, B), symbol(A[0], B[0]))
        same_bits(applied(lambda a: symbol(a, 3.0), A), symbol(A[0], 3.0))
        same_bits(applied(lambda a: symbol(3.0, a), A), symbol(3.0, A[0]))


@pytest.mark.parametrize("symbol", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq])
def test_comparisons_are_false_where_nothing_can_be_compared(symbol):
    expected = np.where(symbol(A[0], B[0]), A[0], B[0])
    same_bits(applied(lambda a, b: simd.select(symbol(a, b), a, b), A, B), expected)


def test_functions_are_those_of_numpy():
    positive = abs(B)
    same_bits(applied(lambda a: simd.power(a, 0.5), positive), np.sqrt(positive[0]))
    same_bits(applied(lambda a: simd.power(a, 0.0), positive), np.ones(WIDTH))
    same_bits(applied(lambda a: simd.power(a, 0.25), positive), np.array([math.pow(a, 0.25) for a in positive[0]]))
    same_bits(applied(lambda a: abs(a), A), abs(A[0]))
    same_bits(applied(lambda a: -a, A), -A[0])
    same_bits(applied(lambda a: simd.from_bits(simd.bits(a)), A), A[0])


def test_sums_and_largest():
    @numba.njit(**OPTIONS)
    def sums(a):
        v = simd.load(a, 0, 0)
        return simd.reduce_sum(v), simd.reduce_max(v)

    total, largest = sums(B)
    assert total == pytest.approx(B.sum(), rel=ROUND_OFF)
    assert largest == B.max()


@pytest.mark.parametrize("count", [-3, 0, 1, 5, 8, 11])
def test_the_first_places(count):
    @numba.njit(**OPTIONS)
    def marked(out, count):
        simd.store(out, 0, 0, simd.select(simd.mask_first(count), 1.0, 0.0 * simd.load(out, 0, 0)))

    out = np.ones((1, WIDTH))
    marked(out, count)
    assert (out[0] == (np.arange(WIDTH) < count)).all()


def test_gathering_reads_what_indexing_does():
    @numba.njit(**OPTIONS)
    def gathered(out, table, j):
        simd.store(out, 0, 0, simd.gather(table, simd.load(j, 0, 0)))

    rng = np.random.default_rng(0)
    table, j, out = rng.normal(size=100), rng.integers(0, 100, (1, WIDTH)).astype(np.uint64), np.empty((1, WIDTH))
    gathered(out, table, j)
    assert (out[0] == table[j[0]]).all()


def test_words_are_whole_numbers():
    @numba.njit(**OPTIONS)
    def mixed(out, a, b):
        u, v = simd.load(a, 0, 0), simd.load(b, 0, 0)
        simd.store(out, 0, 0, ((u << np.uint64(24)) | (u >> np.uint64(40))) + (u ^ v))
        simd.store(out, 1, 0, simd.truncate(simd.floats(u >> np.uint64(11))))

    rng = np.random.default_rng(1)
    a, b = (rng.integers(0, 2**64, (1, WIDTH), dtype=np.uint64) for _ in range(2))
    out = np.empty((2, WIDTH), np.uint64)
    mixed(out, a, b)
    assert (out[0] == ((a << np.uint64(24)) | (a >> np.uint64(40)))[0] + (a ^ b)[0]).all()
    assert (out[1] == (a >> np.uint64(11))[0]).all()

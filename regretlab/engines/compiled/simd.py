"""Eight numbers side by side as one value of a compiled function.

A compiler turns a loop into vector instructions only where it can prove that it may, and then with shorter vectors
than there are. Here a vector is a type: written as a number is, held in registers, and one instruction on a processor
with AVX-512, two with AVX2, four with NEON. ``+ - * /``, comparisons, ``abs`` and the functions below take vectors,
numbers, or both; a number stands for eight of it. Each operation rounds as it does on a number, so a formula has the
same bits on either; only :func:`fma` may round once where a processor does so.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, overload, register_model

from regretlab.engines.compiled.compilation import OPTIONS

WIDTH = 8
#: Of a vector in memory nothing is known but that a number may lie there.
_ALIGNED = 8


class Vector(types.Type):
    """Numba's type of :data:`WIDTH` numbers of one kind."""

    def __init__(self, of: Any) -> None:
        self.of = of
        super().__init__(name=f"Vector({of})")

    def can_convert_from(self, context: Any, other: Any) -> Any:
        return Conversion.promote if other == self.of else None


FLOATS, WORDS, MASK = Vector(types.float64), Vector(types.uint64), Vector(types.boolean)
_FORMS = {
    FLOATS: ir.VectorType(ir.DoubleType(), WIDTH),
    WORDS: ir.VectorType(ir.IntType(64), WIDTH),
    MASK: ir.VectorType(ir.IntType(1), WIDTH),
}
_INDICES = ir.VectorType(ir.IntType(32), WIDTH)


@register_model(Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Vector) -> None:
        super().__init__(manager, kind, _FORMS[kind])


def _splat(builder: Any, value: Any) -> Any:
    nothing = ir.Constant(ir.VectorType(value.type, WIDTH), ir.Undefined)
    first = builder.insert_element(nothing, value, ir.IntType(32)(0))
    return builder.shuffle_vector(first, nothing, ir.Constant(_INDICES, [0] * WIDTH))


for _kind in (FLOATS, WORDS):
    lower_cast(_kind.of, _kind)(lambda context, builder, given, wanted, value: _splat(builder, value))

_SAME = {
    operator.add: {FLOATS: "fadd", WORDS: "add"},
    operator.sub: {FLOATS: "fsub", WORDS: "sub"},
    operator.mul: {FLOATS: "fmul"},
    operator.truediv: {FLOATS: "fdiv"},
    operator.neg: {FLOATS: "fneg"},
    operator.xor: {WORDS: "xor"},
    operator.or_: {WORDS: "or_", MASK: "or_"},
    operator.and_: {MASK: "and_"},
    operator.lshift: {WORDS: "shl"},
    operator.rshift: {WORDS: "lshr"},
}
_COMPARED = {operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=", operator.eq: "=="}


def _operation(symbol: Any, kinds: dict[Vector, Callable[..., Any]], result: Vector | None = None) -> None:
    """Let a Python operator take vectors, and numbers with them."""

    @infer_global(symbol)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            kind = next((a for a in args if isinstance(a, Vector)), None)
            return None if kind is None else signature(result or kind, *[kind] * len(args))

    for kind, make in kinds.items():
        count = 1 if symbol in (operator.neg, abs) else 2
        lower_builtin(symbol, *[kind] * count)(lambda context, builder, sig, args, make=make: make(builder, *args))


for _symbol, _kinds in _SAME.items():
    _operation(_symbol, {kind: getattr(ir.IRBuilder, name) for kind, name in _kinds.items()})
for _symbol, _sign in _COMPARED.items():
    _operation(
        _symbol,
        {
            FLOATS: lambda builder, a, b, sign=_sign: builder.fcmp_ordered(sign, a, b),
            WORDS: lambda builder, a, b, sign=_sign: builder.icmp_unsigned(sign, a, b),
        },
        MASK,
    )


def _widest(*args: Any) -> Any:
    """Return a vector's type if one is given, else the last."""
    return next((a for a in args if isinstance(a, Vector)), args[-1])


def _named(builder: Any, name: str, result: Any, args: Any, **options: Any) -> Any:
    """Call one of LLVM's own functions, named for the type of its last argument."""
    form = f"v{WIDTH}f64" if args[-1].type == _FORMS[FLOATS] else "f64"
    kind = ir.FunctionType(result, [a.type for a in args])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"{name}.{form}"), args, **options)


def _alike(name: str) -> Callable[..., Any]:
    """Lower to a function of LLVM's whose result is of the type of its arguments."""
    return lambda context, builder, sig, args: _named(builder, name, args[0].type, args)


_operation(abs, {FLOATS: lambda builder, a: _named(builder, "llvm.fabs", a.type, [a])})


def _turned(name: str) -> Callable[..., Any]:
    """Lower to the instruction that makes a vector of another kind."""
    return lambda context, builder, sig, args: getattr(builder, name)(args[0], _FORMS[sig.return_type])


@intrinsic
def select(context: Any, where: Any, a: Any, b: Any) -> Any:
    """Select ``a if where else b``, in every place."""
    kind = _widest(a, b, FLOATS if where == MASK else a)
    return kind(where, kind, kind), lambda context, builder, sig, args: builder.select(*args)


@intrinsic
def fma(context: Any, a: Any, b: Any, c: Any) -> Any:
    """Compute ``a * b + c``, rounded once where the processor has an instruction for it: for sums in any order."""
    kind = _widest(a, b, c)
    return kind(kind, kind, kind), _alike("llvm.fmuladd")


@intrinsic
def sqrt(context: Any, a: Any) -> Any:
    """Take the square root, in every place."""
    return FLOATS(FLOATS), _alike("llvm.sqrt")


@intrinsic
def log(context: Any, a: Any) -> Any:
    """Take the logarithm, one number after the other."""
    return FLOATS(FLOATS), _alike("llvm.log")


@intrinsic
def powers(context: Any, a: Any, p: Any) -> Any:
    """Raise ``a ** p``, one number after the other."""
    return FLOATS(FLOATS, FLOATS), _alike("llvm.pow")


@intrinsic
def reduce_sum(context: Any, a: Any) -> Any:
    """Add up the eight, as a tree of pairs: the order is the processor's."""
    form = ir.DoubleType()
    return types.float64(FLOATS), lambda context, builder, sig, args: _named(
        builder, "llvm.vector.reduce.fadd", form, [form(-0.0), *args], fastmath=("reassoc",)
    )


@intrinsic
def pair_sums(context: Any, a: Any, b: Any) -> Any:
    """Add neighbours: four sums of a, then four of b."""

    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        even, odd = (ir.Constant(_INDICES, list(range(begin, 2 * WIDTH, 2))) for begin in (0, 1))
        return builder.fadd(builder.shuffle_vector(*args, even), builder.shuffle_vector(*args, odd))

    return FLOATS(FLOATS, FLOATS), make


@intrinsic
def reduce_max(context: Any, a: Any) -> Any:
    """Return the largest of the eight, none of which may be a NaN."""
    return types.float64(FLOATS), lambda context, builder, sig, args: _named(
        builder, "llvm.vector.reduce.fmax", ir.DoubleType(), args
    )


@intrinsic
def bits(context: Any, a: Any) -> Any:
    """Read the 64 bits of each number as a word."""
    return WORDS(FLOATS), _turned("bitcast")


@intrinsic
def from_bits(context: Any, a: Any) -> Any:
    """Read words as the numbers with these bits."""
    return FLOATS(WORDS), _turned("bitcast")


@intrinsic
def floats(context: Any, a: Any) -> Any:
    """Convert words to numbers."""
    return FLOATS(WORDS), _turned("uitofp")


@intrinsic
def truncate(context: Any, a: Any) -> Any:
    """Convert numbers at or above zero, without their fractions, to words."""
    return WORDS(FLOATS), _turned("fptoui")


@intrinsic
def splat(context: Any, a: Any) -> Any:
    """Repeat a number, or a word, eight times."""
    return Vector(a)(a), lambda context, builder, sig, args: _splat(builder, args[0])


@intrinsic
def iota(context: Any, begin: Any) -> Any:
    """Return ``begin``, ``begin + 1``, ... as numbers."""

    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        form = _FORMS[FLOATS]
        places = ir.Constant(form, [float(i) for i in range(WIDTH)])
        return builder.fadd(_splat(builder, builder.sitofp(args[0], form.element)), places)

    return FLOATS(types.int64), make


@intrinsic
def mask_first(context: Any, count: Any) -> Any:
    """Return a mask that is true in the first ``count`` places."""

    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = ir.Constant(_FORMS[WORDS], list(range(WIDTH)))
        return builder.icmp_signed("<", places, _splat(builder, args[0]))

    return MASK(types.int64), make


def _place(context: Any, builder: Any, kinds: Any, args: Any, form: Any) -> Any:
    """Point to a vector that begins at array[i, ...], or at the i-th number behind a pointer."""
    index = [context.cast(builder, a, kind, types.intp) for a, kind in zip(args[1:], kinds[1:], strict=True)]
    if isinstance(kinds[0], types.CPointer):
        return builder.bitcast(builder.gep(args[0], index), ir.PointerType(form))
    array = context.make_array(kinds[0])(context, builder, args[0])
    item = cgutils.get_item_pointer(context, builder, kinds[0], array, index, wraparound=False, boundscheck=False)
    return builder.bitcast(item, ir.PointerType(form))


def _loaded(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    value = builder.load(_place(context, builder, sig.args, args, _FORMS[sig.return_type]))
    value.align = _ALIGNED
    return value


def _stored(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    *place, value = args
    builder.store(value, _place(context, builder, sig.args[:-1], place, value.type)).align = _ALIGNED
    return context.get_dummy_value()


def _entries(array: Any) -> Vector:
    """Return the type of eight entries of an array; integers, which are at or above zero, count as words."""
    return FLOATS if array.dtype == types.float64 else WORDS


@intrinsic
def load(context: Any, array: Any, i: Any, j: Any) -> Any:
    """Load ``array[i, j:j + 8]``, without a test of bounds: rows have room for whole vectors."""
    return _entries(array)(array, i, j), _loaded


@intrinsic
def store(context: Any, array: Any, i: Any, j: Any, value: Any) -> Any:
    """Store ``array[i, j:j + 8] = value``, without a test of bounds."""
    return types.void(array, i, j, _entries(array)), _stored


@intrinsic
def load_from(context: Any, array: Any, i: Any) -> Any:
    """Load as :func:`load` does, from one dimension."""
    return _entries(array)(array, i), _loaded


@intrinsic
def store_to(context: Any, array: Any, i: Any, value: Any) -> Any:
    """Store as :func:`store` does, to one dimension."""
    return types.void(array, i, _entries(array)), _stored


@intrinsic
def called(context: Any, address: Any, array: Any, count: Any) -> Any:
    """Call the function at an address (``compilation.callback``) on the rows of an array."""

    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        rows = context.make_array(sig.args[1])(context, builder, args[1])
        given = [rows.data, builder.extract_value(rows.shape, 1), args[2]]
        kind = ir.FunctionType(ir.VoidType(), [a.type for a in given])
        builder.call(builder.inttoptr(args[0], ir.PointerType(kind)), given)
        return context.get_dummy_value()

    return types.void(address, array, count), make


@intrinsic
def gather(context: Any, array: Any, j: Any) -> Any:
    """Load ``array[j]`` of one dimension, in every place."""

    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        form, word, sure = _FORMS[FLOATS], _FORMS[WORDS], ir.Constant(_FORMS[MASK], [True] * WIDTH)
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        begin = _splat(builder, builder.ptrtoint(data, ir.IntType(64)))
        offset = builder.mul(args[1], ir.Constant(word, [context.get_abi_sizeof(form.element)] * WIDTH))
        places = builder.inttoptr(builder.add(begin, offset), ir.VectorType(data.type, WIDTH))
        kind = ir.FunctionType(form, [places.type, ir.IntType(32), sure.type, form])
        read = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.gather.v{WIDTH}f64.v{WIDTH}p0")
        return builder.call(read, [places, ir.IntType(32)(_ALIGNED), sure, ir.Constant(form, [0.0] * WIDTH)])

    return FLOATS(array, WORDS), make


def power(a: Any, p: Any) -> Any:
    """Raise ``a ** p`` for a at or above zero, with the two exact cases of :func:`regretlab.methods.power`."""
    if p == 0.5:
        return math.sqrt(a)
    return 1.0 if p == 0.0 else a**p


@overload(power, jit_options=OPTIONS)
def _power(a: Any, p: Any) -> Any:
    def of_vector(a: Any, p: Any) -> Any:
        if p == 0.5:
            return sqrt(a)
        return splat(1.0) if p == 0.0 else powers(a, p)

    return of_vector if a == FLOATS else power

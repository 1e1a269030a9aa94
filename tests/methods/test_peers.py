"""The methods beside PyTorch's and optax's: equal where the definitions coincide, different by a known size elsewhere.

Where a definition differs, one check states by how much the paths do, and another that the named change of definition
makes them equal again. Without the peers installed all of this is skipped.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import regretlab as rl
from regretlab.methods import (
    SGD,
    AdaBelief,
    AdaGrad,
    AdaGradL2,
    Adam,
    AdamL2,
    AdamW,
    AdamX,
    AMSGrad,
    Coefficients,
    Lion,
    Method,
    Moments,
    Momentum,
    MomentumL2,
    MomentumW,
    NAdam,
    Nesterov,
    RAdam,
    RMSprop,
    averages,
    generic,
)
from tests.tolerances import FAR

# Round-off: iterates of size at most 10 after at most 1000 steps of a handful of operations, which a peer may contract
# or reorder; at most 6e-15 was seen (x86-64), the rest is for other processors. Single precision is off by 3e-7 or
# more.
PEER = 1e-12
# A stated size of a difference is a number of one fixed instance, given to two digits.
SIZE = 0.05

EXTRA = "needs the extra: pip install 'regretlab[peers]'"
STEPS, LONG_STEPS = 300, 1000
T = np.arange(1.0, STEPS + 1)
D = 6
ALPHA, BETA1, BETA2 = 0.02, 0.9, 0.999
TINY, LARGE = 1e-8, 0.1  # eps: the default of all three, and one so large that its place in the formula shows

Path = np.ndarray  # iterates x_1, ..., x_{T+1}: an array (T + 1, d)


@dataclass(frozen=True, eq=False)
class Linear:
    """Losses g_t . x: whatever the method does, its gradients are the given sequence."""

    name: str
    rows: np.ndarray
    start: np.ndarray

    @staticmethod
    def loss(ops: Any, x: Any, row: Any) -> Any:
        return row @ x

    @staticmethod
    def gradient(x: np.ndarray, row: np.ndarray) -> np.ndarray:
        return row


@dataclass(frozen=True, eq=False)
class Logistic:
    """Mini-batch logistic losses, mean log(1 + exp(-y z . x)), with rows y z (T, K, d)."""

    name: str
    rows: np.ndarray
    start: np.ndarray

    @staticmethod
    def loss(ops: Any, x: Any, row: Any) -> Any:
        return ops.log1p(ops.exp(-(row @ x))).mean()

    @staticmethod
    def gradient(x: np.ndarray, row: np.ndarray) -> np.ndarray:
        return -(1 / (1 + np.exp(row @ x))) @ row / len(row)


Losses = Linear | Logistic


def _losses() -> tuple[Losses, ...]:
    rng = np.random.Generator(np.random.PCG64(7))
    start = np.linspace(-1, 1, D)
    scales = np.geomspace(1e-3, 3, D)  # coordinates of very different size: adaptivity matters
    drift = 0.3 * rng.normal(size=D)
    gradients = (drift + rng.normal(size=(STEPS, D))) * scales
    fading = gradients / np.sqrt(T)[:, None]  # the maximum comes early: the ratchet matters
    examples = rng.normal(size=(STEPS, 8, D)) + drift
    long = rng.normal(size=(LONG_STEPS, D)) * scales / 3
    return (
        Linear("random", gradients, start),
        Linear("fading", fading, start),
        Logistic("logistic", examples, start),
        Linear("long", long, start),
    )


RANDOM, FADING, LOGISTIC, LONG = _losses()


def name(parameter: Any) -> str | None:
    return getattr(parameter, "name", None)


everywhere = pytest.mark.parametrize("losses", [RANDOM, FADING, LOGISTIC], ids=name)
with_eps = pytest.mark.parametrize(("losses", "eps"), [(RANDOM, TINY), (FADING, LARGE), (LOGISTIC, TINY)], ids=name)


def ours(
    k: Method | Coefficients, losses: Losses, ops: Any = np, project: Callable = lambda x, w: x, v: float = 0.0
) -> Path:
    """The path of regretlab's own step; ``v`` is where the second moment begins."""
    method, k = (k, k.schedule_over(np.arange(1.0, len(losses.rows) + 1))) if isinstance(k, Method) else (SGD(), k)
    zero = np.zeros(D)
    states = [Moments(losses.start, zero, zero + v, zero)]
    for i, row in enumerate(losses.rows):
        states.append(method.step(states[-1], losses.gradient(states[-1].x, row), k.at(i), project, ops))
    return np.stack([s.x for s in states])


@dataclass(frozen=True)
class Torch:
    """PyTorch, its gradients by autograd.

    ``rate`` multiplies the step size of step t through ``LambdaLR``; ``default`` is PyTorch's default precision.
    """

    torch: ModuleType

    def path(
        self,
        optimiser: str,
        losses: Losses,
        *,
        rate: Callable[[int], float] = lambda t: 1.0,
        before: Callable[[dict, int], None] = lambda group, t: None,
        after: Callable[[Any], None] = lambda x: None,
        dtype: str = "float64",
        default: str = "float32",
        **parameters: Any,
    ) -> Path:
        torch = self.torch
        torch.set_default_dtype(getattr(torch, default))
        x = torch.tensor(losses.start, dtype=getattr(torch, dtype), requires_grad=True)
        made = getattr(torch.optim, optimiser)([x], lr=ALPHA, **parameters)
        scheduler = torch.optim.lr_scheduler.LambdaLR(made, lambda epoch: rate(epoch + 1))
        path = [losses.start]
        for t, row in enumerate(torch.tensor(losses.rows, dtype=x.dtype), start=1):
            before(made.param_groups[0], t)
            made.zero_grad()
            losses.loss(torch, x, row).backward()
            made.step()
            scheduler.step()
            with torch.no_grad():
                after(x)
            path.append(x.detach().numpy().copy())
        torch.set_default_dtype(torch.float32)
        return np.stack(path)


@dataclass(frozen=True)
class Optax:
    """optax, its gradients by JAX, the whole path one compiled scan."""

    optax: ModuleType
    jax: ModuleType

    def path(
        self,
        optimiser: str,
        losses: Losses,
        *,
        alpha: Any = ALPHA,
        dtype: str = "float64",
        chained: Callable[[Any, Any], Any] = lambda optax, made: made,
        **parameters: Any,
    ) -> Path:
        jax = self.jax
        made = chained(self.optax, getattr(self.optax, optimiser)(alpha, **parameters))

        def one(carry: Any, row: Any) -> Any:
            x, state = carry
            g = jax.grad(lambda x: losses.loss(jax.numpy, x, row))(x)
            updates, state = made.update(g, state, x)
            x = self.optax.apply_updates(x, updates)
            return (x, state), x

        x = jax.numpy.asarray(losses.start, dtype=dtype)
        _, path = jax.lax.scan(one, (x, made.init(x)), jax.numpy.asarray(losses.rows, dtype=dtype))
        return np.concatenate([losses.start[None], np.asarray(path)])


@pytest.fixture(scope="module")
def torch() -> Torch:
    return Torch(pytest.importorskip("torch", reason=EXTRA))


@pytest.fixture
def optax() -> Iterator[Optax]:
    optax, jax = pytest.importorskip("optax", reason=EXTRA), pytest.importorskip("jax", reason=EXTRA)
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield Optax(optax, jax)
    jax.config.update("jax_enable_x64", before)


def distance(a: Path, b: Path) -> float:
    """The largest difference of a coordinate over all steps."""
    assert a.shape == b.shape
    return float(np.abs(a - b).max())


def check_same(a: Path, b: Path) -> None:
    assert np.abs(a).max() <= 10, "the paths leave the range for which PEER is stated"
    assert distance(a, b) <= PEER


def check_differ(a: Path, b: Path, size: float) -> None:
    assert distance(a, b) == pytest.approx(size, rel=SIZE)


def constant(method: type[Method], **parameters: Any) -> Method:
    return method(alpha=ALPHA, schedule="constant", **parameters)


# Adam


@with_eps
def test_adam_is_torch_adam(torch: Torch, losses: Losses, eps: float) -> None:
    check_same(ours(constant(Adam, eps=eps), losses), torch.path("Adam", losses, eps=eps))


@with_eps
def test_adam_is_optax_adam(optax: Optax, losses: Losses, eps: float) -> None:
    check_same(ours(constant(Adam, eps=eps), losses), optax.path("adam", losses, eps=eps))


@pytest.mark.parametrize(("beta1", "beta2"), [(0.0, 0.999), (0.99, 1 - 1 / 65)])
def test_adam_is_the_peers_at_other_betas(torch: Torch, optax: Optax, beta1: float, beta2: float) -> None:
    mine = ours(constant(Adam, beta1=beta1, beta2=beta2), LOGISTIC)
    check_same(mine, torch.path("Adam", LOGISTIC, betas=(beta1, beta2)))
    check_same(mine, optax.path("adam", LOGISTIC, b1=beta1, b2=beta2))


def test_the_defaults_of_adam_are_the_peers_save_the_schedule(torch: Torch, optax: Optax) -> None:
    theirs = inspect.signature(torch.torch.optim.Adam).parameters
    assert (Adam().alpha, (Adam().beta1, Adam().beta2), Adam().eps) == tuple(
        theirs[name].default for name in ("lr", "betas", "eps")
    )
    theirs = inspect.signature(optax.optax.adam).parameters
    assert (Adam().beta1, Adam().beta2, Adam().eps) == tuple(theirs[name].default for name in ("b1", "b2", "eps"))
    assert Adam().schedule == "sqrt"


def test_single_precision_would_not_pass(torch: Torch, optax: Optax) -> None:
    mine = ours(constant(Adam), LOGISTIC)
    assert distance(mine, torch.path("Adam", LOGISTIC, dtype="float32")) > 1e5 * PEER
    assert distance(mine, optax.path("adam", LOGISTIC, dtype="float32")) > 1e5 * PEER


# Schedules


def decaying(t: int) -> float:
    return t**-0.5


@pytest.mark.parametrize("losses", [RANDOM, LOGISTIC], ids=name)
@pytest.mark.parametrize("method", [Adam, SGD])
def test_the_sqrt_schedule_is_a_torch_lambda_lr(torch: Torch, method: type[Method], losses: Losses) -> None:
    check_same(ours(method(alpha=ALPHA), losses), torch.path(method.__name__, losses, rate=decaying))


@pytest.mark.parametrize("losses", [RANDOM, LOGISTIC], ids=name)
@pytest.mark.parametrize("method", [Adam, SGD])
def test_the_sqrt_schedule_is_an_optax_schedule(optax: Optax, method: type[Method], losses: Losses) -> None:
    def alpha(count: Any) -> Any:
        return ALPHA / optax.jax.numpy.sqrt(count + 1.0)

    check_same(ours(method(alpha=ALPHA), losses), optax.path(method.__name__.lower(), losses, alpha=alpha))


def test_without_the_schedule_they_differ(torch: Torch) -> None:
    check_differ(ours(Adam(alpha=ALPHA), LOGISTIC), torch.path("Adam", LOGISTIC), 1.2)


def test_a_decaying_beta1_is_corrected_otherwise_by_torch(torch: Torch) -> None:
    """PyTorch, handed beta_{1,t}, divides by 1 - beta_{1,t}**t; Kingma & Ba's theorem keeps 1 - beta_1**t."""
    lam = 0.99
    method = constant(Adam, lam=lam)

    def hand_over(group: dict, t: int) -> None:
        group["betas"] = (BETA1 * lam ** (t - 1), BETA2)

    theirs = torch.path("Adam", LOGISTIC, before=hand_over)
    check_differ(ours(method, LOGISTIC), theirs, 0.083)
    changed = method.coefficients(T)._replace(eta=ALPHA / (1 - (BETA1 * lam ** (T - 1)) ** T))
    check_same(ours(changed, LOGISTIC), theirs)


# AMSGrad: three different algorithms under one name


def ratchet_then_correct(eps: float) -> Coefficients:
    """PyTorch: v_hat = max(v_hat, v), then both moments corrected, that is Adam with a ratchet."""
    return constant(Adam, eps=eps).coefficients(T)._replace(rho=np.ones(STEPS))


def correct_then_ratchet(eps: float) -> Coefficients:
    """optax: v_hat = max(v_hat, v / (1 - beta2**t)); our v is the corrected one, which is an average over t as well."""
    correction, before = 1 - BETA2**T, 1 - BETA2 ** (T - 1)
    k = averages(T, BETA1, BETA2, rho=1.0, eta=ALPHA / (1 - BETA1**T), eps=eps)
    return k._replace(beta=BETA2 * before / correction, om=(1 - BETA2) / correction)


def undo(t: int) -> float:
    """The rate that cancels PyTorch's two corrections."""
    return (1 - BETA1**t) / (1 - BETA2**t) ** 0.5


UNCORRECTED = {"bias_correction_mu": False, "bias_correction_nu": False}


@pytest.fixture
def optax_as_reddi(optax: Optax) -> Optax:
    if not UNCORRECTED.keys() <= inspect.signature(optax.optax.amsgrad).parameters.keys():
        pytest.skip("needs optax >= 0.2.7, whose amsgrad can leave out the bias correction")
    return optax


@with_eps
def test_amsgrad_is_optax_amsgrad_without_corrections(optax_as_reddi: Optax, losses: Losses, eps: float) -> None:
    check_same(ours(constant(AMSGrad, eps=eps), losses), optax_as_reddi.path("amsgrad", losses, eps=eps, **UNCORRECTED))


@everywhere
def test_amsgrad_is_torch_amsgrad_once_the_rate_undoes_the_corrections(torch: Torch, losses: Losses) -> None:
    """Only for eps = 0, the paper's: a positive one is added to another number."""
    check_same(ours(constant(AMSGrad, eps=0), losses), torch.path("Adam", losses, amsgrad=True, eps=0, rate=undo))
    mine = ours(constant(Adam, eps=0, bias_correction=False), losses)
    check_same(mine, torch.path("Adam", losses, eps=0, rate=undo))


@with_eps
def test_torch_amsgrad_corrects_after_the_maximum(torch: Torch, losses: Losses, eps: float) -> None:
    check_same(ours(ratchet_then_correct(eps), losses), torch.path("Adam", losses, amsgrad=True, eps=eps))


@with_eps
def test_optax_amsgrad_corrects_before_the_maximum(optax: Optax, losses: Losses, eps: float) -> None:
    check_same(ours(correct_then_ratchet(eps), losses), optax.path("amsgrad", losses, eps=eps))


@pytest.mark.parametrize(
    ("losses", "from_torch", "from_optax", "between"),
    [(RANDOM, 6.1, 6.2, 0.18), (FADING, 3.9, 4.9, 0.98), (LOGISTIC, 1.4, 1.5, 0.23)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_amsgrad_is_three_algorithms(
    torch: Torch, optax: Optax, losses: Losses, from_torch: float, from_optax: float, between: float
) -> None:
    mine = ours(constant(AMSGrad, eps=TINY), losses)
    corrected_after, corrected_before = torch.path("Adam", losses, amsgrad=True), optax.path("amsgrad", losses)
    check_differ(mine, corrected_after, from_torch)
    check_differ(mine, corrected_before, from_optax)
    check_differ(corrected_after, corrected_before, between)


def test_amsgrad_leaves_out_both_corrections(optax_as_reddi: Optax) -> None:
    mine = ours(constant(AMSGrad, eps=TINY), FADING)
    check_differ(mine, optax_as_reddi.path("amsgrad", FADING, bias_correction_mu=False), 5.0)
    check_differ(mine, optax_as_reddi.path("amsgrad", FADING, bias_correction_nu=False), 1.8)


def test_the_ratchet_of_the_peers_matters(torch: Torch, optax: Optax) -> None:
    adam = ours(constant(Adam), FADING)
    check_differ(adam, torch.path("Adam", FADING, amsgrad=True), 0.0012)
    check_differ(adam, optax.path("amsgrad", FADING), 0.98)


def test_with_a_positive_eps_no_rate_undoes_the_corrections(torch: Torch) -> None:
    theirs = torch.path("Adam", LOGISTIC, amsgrad=True, eps=LARGE, rate=undo)
    check_differ(ours(constant(AMSGrad, eps=LARGE), LOGISTIC), theirs, 0.86)


# AdamX


def test_adamx_without_decay_is_optax_amsgrad_without_corrections(optax_as_reddi: Optax) -> None:
    theirs = optax_as_reddi.path("amsgrad", FADING, eps=TINY, **UNCORRECTED)
    check_same(ours(constant(AdamX, lam=1, eps=TINY), FADING), theirs)
    check_differ(ours(constant(AdamX, lam=0.99, eps=TINY), FADING), theirs, 2.5)
    check_differ(ours(constant(AdamX, eps=TINY), FADING), theirs, 4.9e-6)  # the paper's own lam, 1 - 1e-8


def test_adamx_has_no_peer_and_adamax_is_another_algorithm(torch: Torch, optax: Optax) -> None:
    for peer in (torch.torch.optim, optax.optax, optax.optax.contrib):
        assert "adamx" not in {name.lower() for name in dir(peer)}
    mine = ours(constant(AdamX, eps=TINY), LOGISTIC)
    check_differ(mine, torch.path("Adamax", LOGISTIC), 1.6)
    check_differ(mine, optax.path("adamax", LOGISTIC), 1.6)


# SGD


@everywhere
def test_sgd_is_the_peers(torch: Torch, optax: Optax, losses: Losses) -> None:
    mine = ours(constant(SGD), losses)
    check_same(mine, torch.path("SGD", losses))
    check_same(mine, optax.path("sgd", losses))


# Momentum, AdaGrad, RMSprop, NAdam and weight decay, where the definitions coincide


def l2(optax: ModuleType, made: Any) -> Any:
    """L2 regularisation in front of an optimiser of optax."""
    return optax.chain(optax.add_decayed_weights(LAM), made)


def decoupled(optax: ModuleType, made: Any) -> Any:
    """Momentum with decoupled weight decay; of what is handed over nothing is taken."""
    return optax.chain(optax.trace(BETA1), optax.add_decayed_weights(LAM), optax.scale_by_learning_rate(ALPHA))


LAM = 0.1
HEAVY, LOOKING = {"momentum": BETA1}, {"momentum": BETA1, "nesterov": True}
ADAGRAD = {"initial_accumulator_value": 0.0, "eps": 0.0}
STEADY = {"momentum_decay": 1e6}  # 0.96**1e6 is 0 in floating point
Peer = tuple[str, dict[str, Any]] | None
#: Our method, and the peers' names and parameters of the same.
PEERS: dict[str, tuple[Method, Peer, Peer]] = {
    "sgd": (SGD(ALPHA), ("SGD", {}), ("sgd", {})),
    "momentum": (Momentum(ALPHA), ("SGD", HEAVY), ("sgd", HEAVY)),
    "nesterov": (Nesterov(ALPHA), ("SGD", LOOKING), ("sgd", LOOKING)),
    "momentuml2": (
        MomentumL2(ALPHA, weight_decay=LAM), ("SGD", HEAVY | {"weight_decay": LAM}), ("sgd", HEAVY | {"chained": l2}),
    ),
    "momentumw": (MomentumW(ALPHA, weight_decay=LAM), None, ("sgd", {"chained": decoupled})),
    "adagrad": (AdaGrad(ALPHA), ("Adagrad", {"eps": 0.0}), ("adagrad", ADAGRAD)),
    "adagrad, eps": (AdaGrad(ALPHA, eps=LARGE), ("Adagrad", {"eps": LARGE}), None),
    "adagradl2": (
        AdaGradL2(ALPHA, weight_decay=LAM), ("Adagrad", {"weight_decay": LAM, "eps": 0.0}),
        ("adagrad", ADAGRAD | {"chained": l2}),
    ),
    "rmsprop": (
        RMSprop(ALPHA, eps=TINY), ("RMSprop", {"alpha": 0.9}), ("rmsprop", {"eps_in_sqrt": False}),
    ),
    "rmsprop, eps": (
        RMSprop(ALPHA, beta2=0.99, eps=LARGE), ("RMSprop", {"eps": LARGE}),
        ("rmsprop", {"decay": 0.99, "eps": LARGE, "eps_in_sqrt": False}),
    ),
    "adam": (Adam(ALPHA), ("Adam", {}), ("adam", {})),
    "adamw": (AdamW(ALPHA, weight_decay=LAM), ("AdamW", {"weight_decay": LAM}), ("adamw", {"weight_decay": LAM})),
    "adaml2": (AdamL2(ALPHA, weight_decay=LAM), ("Adam", {"weight_decay": LAM}), ("adam", {"chained": l2})),
    "adabelief": (AdaBelief(ALPHA, eps=TINY), None, ("adabelief", {"eps": TINY, "eps_root": TINY})),
    "nadam": (NAdam(ALPHA), ("NAdam", STEADY | {"default": "float64"}), ("nadam", {})),
}  # fmt: skip


def pairs(which: int) -> pytest.MarkDecorator:
    found = {key: (replace(row[0], schedule="constant"), *row[which]) for key, row in PEERS.items() if row[which]}
    return pytest.mark.parametrize(("method", "optimiser", "parameters"), found.values(), ids=found)


answering_and_long = pytest.mark.parametrize("losses", [LOGISTIC, LONG], ids=name)


@answering_and_long
@pairs(1)
def test_the_same_as_torch(torch: Torch, losses: Losses, method: Method, optimiser: str, parameters: dict) -> None:
    check_same(ours(method, losses), torch.path(optimiser, losses, **parameters))


@answering_and_long
@pairs(2)
def test_the_same_as_optax(optax: Optax, losses: Losses, method: Method, optimiser: str, parameters: dict) -> None:
    check_same(ours(method, losses), optax.path(optimiser, losses, **parameters))


def test_amsgrad_over_a_thousand_steps(torch: Torch, optax_as_reddi: Optax) -> None:
    mine = ours(constant(AMSGrad, eps=TINY), LONG)
    check_same(mine, optax_as_reddi.path("amsgrad", LONG, **UNCORRECTED))
    mine = ours(constant(AMSGrad, eps=0), LONG)
    check_same(mine, torch.path("Adam", LONG, amsgrad=True, eps=0, rate=undo))


# The same methods, where the definitions differ


@pytest.mark.parametrize(("momentum", "parameters"), [(Momentum, HEAVY), (Nesterov, LOOKING)])
def test_the_step_size_of_momentum_is_outside_the_sum(torch: Torch, momentum: type[Method], parameters: dict) -> None:
    check_same(ours(momentum(alpha=ALPHA), LOGISTIC), torch.path("SGD", LOGISTIC, rate=decaying, **parameters))


def test_the_slides_on_weight_decay_have_it_inside(optax: Optax) -> None:
    """v <- beta1 v - eta_t g, x <- x + v: the same while eta_t is constant."""

    def inside(optax_: ModuleType, made: Any) -> Any:
        return optax_.chain(made, optax_.trace(BETA1))

    theirs = optax.path("sgd", LOGISTIC, alpha=lambda count: ALPHA / optax.jax.numpy.sqrt(count + 1.0), chained=inside)
    check_differ(ours(Momentum(alpha=ALPHA), LOGISTIC), theirs, 0.11)
    check_same(ours(generic(T, mu=BETA1, nu=ALPHA / np.sqrt(T), eta=1.0, p=0.0), LOGISTIC), theirs)
    check_same(ours(constant(Momentum), LOGISTIC), optax.path("sgd", LOGISTIC, chained=inside))


def test_the_dampening_of_torch_spares_the_first_step(torch: Torch) -> None:
    """(1 - beta1) g is what Padam's momentum is for p = 0; PyTorch's buffer begins with g itself."""
    k = constant(Momentum).coefficients(T)
    theirs = torch.path("SGD", LOGISTIC, dampening=BETA1, **HEAVY)
    check_differ(ours(k._replace(nu=np.full(STEPS, 1 - BETA1)), LOGISTIC), theirs, 0.03)
    check_same(ours(k._replace(nu=np.where(T == 1, 1, 1 - BETA1)), LOGISTIC), theirs)


def test_adagrad_of_optax_begins_at_a_tenth_with_eps_under_the_root(optax: Optax) -> None:
    theirs = optax.path("adagrad", LOGISTIC)
    check_differ(ours(constant(AdaGrad), LOGISTIC), theirs, 0.032)
    check_same(ours(constant(AdaGrad), LOGISTIC, RootPlus(1e-7), v=0.1), theirs)


def test_rmsprop_of_optax_has_eps_under_the_root(optax: Optax) -> None:
    theirs = optax.path("rmsprop", LOGISTIC, eps=LARGE)
    check_differ(ours(constant(RMSprop, eps=LARGE), LOGISTIC), theirs, 0.097)
    check_same(ours(constant(RMSprop), LOGISTIC, RootPlus(LARGE)), theirs)


def test_rmsprop_of_torch_averages_longer(torch: Torch) -> None:
    theirs = torch.path("RMSprop", LOGISTIC)
    check_differ(ours(constant(RMSprop, eps=TINY), LOGISTIC), theirs, 0.61)


def test_weight_decay_of_the_peers_is_two_things(torch: Torch, optax: Optax) -> None:
    """In PyTorch ``weight_decay`` is L2 regularisation, save for AdamW."""
    adam, sgd = torch.path("Adam", LOGISTIC, weight_decay=LAM), torch.path("SGD", LOGISTIC, weight_decay=LAM, **HEAVY)
    check_differ(ours(constant(AdamW, weight_decay=LAM), LOGISTIC), adam, 0.16)
    check_differ(ours(constant(MomentumW, weight_decay=LAM), LOGISTIC), sgd, 0.28)


def test_adamw_of_the_reference_decays_without_alpha(torch: Torch) -> None:
    """Loshchilov & Hutter, Algorithm 2: (1 - eta_t lambda) x, with alpha only before the moments."""
    k = constant(AdamW).coefficients(T)._replace(wd=np.full(STEPS, LAM))
    check_differ(ours(k, LOGISTIC), torch.path("AdamW", LOGISTIC, weight_decay=LAM), 0.70)
    check_same(ours(k, LOGISTIC), torch.path("AdamW", LOGISTIC, weight_decay=LAM / ALPHA))


def test_the_defaults_of_weight_decay(torch: Torch, optax: Optax) -> None:
    assert AdamW().weight_decay == inspect.signature(torch.torch.optim.AdamW).parameters["weight_decay"].default
    assert inspect.signature(optax.optax.adamw).parameters["weight_decay"].default == 1e-4


def torch_nadam(psi: float) -> Coefficients:
    """PyTorch: the look ahead with mu_t = beta1 (1 - 0.96**(psi t) / 2), but m_t averaged with beta1 itself."""
    mu = BETA1 * (1 - 0.5 * 0.96 ** (psi * np.arange(1.0, STEPS + 2)))
    ahead, weight = mu[1:] / (1 - np.cumprod(mu)[1:]), (1 - mu[:-1]) / (1 - np.cumprod(mu)[:-1])
    return averages(T, BETA1, BETA2, eta=ALPHA * ahead, kap=weight / ahead, c=1 / (1 - BETA2**T), eps=TINY)


def test_nadam_of_torch_warms_its_momentum_up(torch: Torch) -> None:
    theirs = torch.path("NAdam", LOGISTIC, default="float64")
    check_differ(ours(constant(NAdam), LOGISTIC), theirs, 0.092)
    check_same(ours(torch_nadam(0.004), LOGISTIC), theirs)


def test_nadam_of_torch_keeps_a_product_in_the_default_precision(torch: Torch) -> None:
    """Unless ``torch.set_default_dtype`` says otherwise it is single, whatever the precision of the parameters."""
    check_differ(ours(constant(NAdam), LOGISTIC), torch.path("NAdam", LOGISTIC, **STEADY), 4.9e-8)


def test_nadam_of_the_reference_has_another_beta2(optax: Optax) -> None:
    """Its Algorithm 2 prints beta2 v_t / (1 - beta2**t); no peer follows."""
    k = constant(NAdam).coefficients(T)
    check_differ(ours(k._replace(c=BETA2 * k.c), LOGISTIC), optax.path("nadam", LOGISTIC), 3.3e-4)


def test_there_is_no_padam(torch: Torch, optax: Optax) -> None:
    for peer in (torch.torch.optim, optax.optax, optax.optax.contrib):
        assert "padam" not in {name.lower() for name in dir(peer)}


# eps


@dataclass(frozen=True)
class RootPlus:
    """NumPy with sqrt(v + eps_root) for sqrt(v): what optax calls ``eps_root``, and nothing in our step."""

    eps_root: float
    maximum, where = staticmethod(np.maximum), staticmethod(np.where)

    def sqrt(self, v: np.ndarray) -> np.ndarray:
        return np.sqrt(v + self.eps_root)


@pytest.mark.parametrize(("losses", "size"), [(RANDOM, 0.44), (LOGISTIC, 0.053)], ids=name)
def test_the_eps_root_of_optax_is_inside_the_root(optax: Optax, losses: Losses, size: float) -> None:
    theirs = optax.path("adam", losses, eps=0, eps_root=LARGE)
    check_same(ours(constant(Adam, eps=0), losses, RootPlus(LARGE)), theirs)
    check_differ(ours(constant(Adam, eps=LARGE), losses), theirs, size)


@pytest.mark.parametrize(("losses", "size"), [(RANDOM, 0.68), (LOGISTIC, 0.39)], ids=name)
def test_the_eps_of_torch_is_added_after_the_correction(torch: Torch, losses: Losses, size: float) -> None:
    """Kingma & Ba's shortcut (end of their Section 2) adds it before, to the root of v_t itself."""
    corrected = constant(Adam, eps=LARGE).coefficients(T)
    shortcut = corrected._replace(eta=corrected.eta * (1 - BETA2**T) ** 0.5, c=np.ones(STEPS))
    check_differ(ours(shortcut, losses), torch.path("Adam", losses, eps=LARGE), size)


def test_zero_over_zero_stays_put_here_and_is_nan_there(torch: Torch, optax: Optax) -> None:
    silent = Linear("silent", RANDOM.rows * (np.arange(D) > 0), RANDOM.start)
    with np.errstate(invalid="ignore"):
        mine = ours(constant(Adam, eps=0), silent)
    assert (mine[:, 0] == silent.start[0]).all()
    for theirs in (torch.path("Adam", silent, eps=0), optax.path("adam", silent, eps=0)):
        assert np.isnan(theirs[1:, 0]).all()
        assert np.abs(theirs - mine)[:, 1:].max() <= PEER
    check_same(ours(constant(Adam), silent), torch.path("Adam", silent))


# Domains and whole runs


def test_a_box_is_a_clamp_after_the_step(torch: Torch) -> None:
    box = rl.domains.Box(-0.5, 0.5)
    theirs = torch.path("Adam", LOGISTIC, after=lambda x: x.clamp_(-0.5, 0.5))
    assert (np.abs(theirs[-1]) == 0.5).any()
    check_same(ours(constant(Adam), LOGISTIC, project=box.project), theirs)


N, K = 40, 7  # K does not divide n: the cyclic batches wrap around


def _examples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.Generator(np.random.PCG64(9))
    return rng.normal(size=(N, D)), np.where(rng.random(N) < 0.5, -1.0, 1.0)


X, Y = _examples()
BATCHES = (np.arange(STEPS)[:, None] * K + np.arange(K)) % N
CYCLIC = Logistic("cyclic", (X * Y[:, None])[BATCHES], np.zeros(D))


def check_run_ends(algorithm: str, *theirs: Path) -> None:
    """A run on the whole machinery (problem, sampler, engine, record) ends where the paths are at its horizon."""
    problem = rl.problems.Logistic(X, Y, scale="none", domain="none")
    problem.batch_size = K
    for horizon in (1, 2, 100, STEPS):
        record = rl.simulate(problem, f"{algorithm}+cyclic", horizon=horizon, checkpoints=[horizon]).record
        for path in theirs:
            assert np.abs(record.x.values[0, 0] - path[horizon]).max() <= PEER


def test_a_run_of_adam_ends_where_the_peers_do(torch: Torch, optax: Optax) -> None:
    theirs = torch.path("Adam", CYCLIC), optax.path("adam", CYCLIC)
    check_run_ends(f"adam(alpha={ALPHA}, schedule='constant')", *theirs)


def test_a_run_of_adam_by_the_paper_ends_where_torch_with_a_schedule_does(torch: Torch) -> None:
    check_run_ends(f"adam(alpha={ALPHA})", torch.path("Adam", CYCLIC, rate=decaying))


def test_a_run_of_amsgrad_ends_where_optax_without_corrections_does(optax_as_reddi: Optax) -> None:
    theirs = optax_as_reddi.path("amsgrad", CYCLIC, eps=TINY, **UNCORRECTED)
    check_run_ends(f"amsgrad(alpha={ALPHA}, eps={TINY}, schedule='constant')", theirs)


# RAdam and Lion


@with_eps
def test_radam_with_the_threshold_of_the_program_is_torch_radam(torch: Torch, losses: Losses, eps: float) -> None:
    theirs = torch.path("RAdam", losses, eps=eps)
    check_same(ours(constant(RAdam, eps=eps, threshold=5), losses), theirs)
    assert distance(ours(constant(RAdam, eps=eps), losses), theirs) > FAR, "twin: the paper's threshold"


@everywhere
def test_radam_is_optax_radam_where_eps_adds_nothing(optax: Optax, losses: Losses) -> None:
    check_same(ours(constant(RAdam, threshold=5), losses), optax.path("radam", losses, eps=0))


@everywhere
def test_lion_is_optax_lion(optax: Optax, losses: Losses) -> None:
    theirs = optax.path("lion", losses, weight_decay=0.25)
    check_same(ours(constant(Lion, weight_decay=0.25), losses), theirs)
    assert distance(ours(constant(Lion), losses), theirs) > FAR, "twin: without the decay"

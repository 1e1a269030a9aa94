"""Stand-ins for other people's optimisers: as small as their protocols allow, on NumPy's arrays."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np


class AdamState(NamedTuple):
    count: int
    moments: dict


def adam(alpha, b1=0.9, b2=0.999, eps=1e-8):
    """Adam by optax's protocol."""

    def init(params):
        return AdamState(0, {"mu": np.zeros_like(params), "nu": np.zeros_like(params)}), ()

    def update(grads, state, params):
        (count, moments), empty = state
        t = int(count) + 1
        mu = b1 * moments["mu"] + (1 - b1) * grads
        nu = b2 * moments["nu"] + (1 - b2) * grads**2
        updates = -alpha * (mu / (1 - b1**t)) / (np.sqrt(nu / (1 - b2**t)) + eps)
        return updates, (AdamState(t, {"mu": mu, "nu": nu}), empty)

    return SimpleNamespace(init=init, update=update)


def distance_from_start(alpha):
    """Gradient descent pulled to its first point: what it keeps begins as the iterate."""

    def update(grads, state, params):
        return -alpha * (grads + params - state[0]), state

    return SimpleNamespace(init=lambda params: [params + 0.0], update=update)


class Tensor(np.ndarray):
    """An array with what the adapter asks of a tensor."""

    def detach(self):
        return self

    def numpy(self):
        return np.asarray(self)

    def copy_(self, other):
        self[...] = other

    def to(self, dtype):
        return self.astype(dtype)

    __hash__ = object.__hash__


class NoGrad:
    def __enter__(self): ...

    def __exit__(self, *error): ...


#: A module with what the adapter asks of PyTorch.
TORCH = SimpleNamespace(
    Tensor=Tensor,
    from_numpy=lambda a: a.view(Tensor),
    no_grad=NoGrad,
    nn=SimpleNamespace(Parameter=lambda tensor: tensor),
)


class Optimizer:
    """Adam by PyTorch's protocol: its state comes to be in the first step, and its group counts steps."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, name="adam"):
        self.param_groups = [{"params": parameters, "lr": lr, "betas": betas, "eps": eps, "name": name, "k": 0}]
        self.state = {}

    def step(self):
        (group,) = self.param_groups
        (p,), (b1, b2) = group["params"], group["betas"]
        state = self.state.setdefault(p, {})
        if not state:
            state.update(step=np.float32(0).reshape(()).view(), exp_avg=p * 0, exp_avg_sq=p * 0)
        group["k"] += 1
        state["step"] = state["step"] + np.float32(1)
        state["exp_avg"] = b1 * state["exp_avg"] + (1 - b1) * p.grad
        state["exp_avg_sq"] = b2 * state["exp_avg_sq"] + (1 - b2) * p.grad**2
        t = group["k"]
        p -= (
            group["lr"] * (state["exp_avg"] / (1 - b1**t)) / (np.sqrt(state["exp_avg_sq"] / (1 - b2**t)) + group["eps"])
        )


class Growing(Optimizer):
    """Keeps its last gradients, one more in every step."""

    def step(self):
        super().step()
        (p,) = self.param_groups[0]["params"]
        before = self.state[p].get("all", np.zeros(0))
        self.state[p]["all"] = np.append(before, p.grad[0]).view(Tensor)


class Closing(Optimizer):
    """Needs a closure."""

    def step(self, closure):
        closure()

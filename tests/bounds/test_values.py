"""Every bound against an independent evaluation in high precision, at random admissible constants; with twins."""

import mpmath as mp
import numpy as np
import pytest

import regretlab as rl
from regretlab.bounds import Bound
from regretlab.bounds.sums import last_decrease, schedule_sum, weights_sum
from regretlab.verdicts.substitution import momentum_weighted
from tests.tolerances import BOUND_DIGITS

mp.mp.dps = 40


def reference(v):
    """Every bound written from the theory (section 3), independently of the library's expressions."""
    T, d, n, K, D, D2, G, G2, L = (v[k] for k in ("T", "d", "n", "K", "D", "D2", "G", "G2", "L"))
    a, b0, b1, b2, lam = (v[k] for k in ("alpha", "b0", "beta1", "beta2", "lam"))
    P, length = v["path"], v["length"]
    eps, kappa, power = (v[k] for k in ("eps", "kappa", "p"))
    Sv, Sg, S, M, B, p, R2, g = (v[k] for k in ("S_v", "S_g", "S", "M", "B", "p_min", "R2", "gamma"))
    S2, Sp, V, H, Q, M_star = (v[k] for k in ("S_2", "S_p", "V", "H", "Q", "M_star"))
    root, kb, eta, harmonic = mp.sqrt(T), b1**2 / mp.sqrt(b2), b1 / mp.sqrt(b2), mp.sqrt(1 + mp.log(T))
    q, left = mp.sqrt(1 - b2), 1 - b1

    # 3, 9, 10: Kingma & Ba's constants, and AdamBS's rho
    rho1 = D2**2 * G / (2 * a * left)
    rho2 = a * (1 + b1) * G / (left * q * (1 - kb) ** 2)
    rho3 = d * D**2 * G * q / (2 * a * left * (1 - kb) ** 2)
    spread = rho2 * mp.sqrt(d) / (n * mp.sqrt(K))
    # 4 to 8: what the bounds of AMSGrad and AdamX share
    third = a * harmonic / (left**2 * q * (1 - eta))
    ours = kappa * a * (1 + b1) * harmonic / (2 * left * q * (1 - eta))
    first = D**2 * root / (a * left) * Sv
    iclr, arxiv = D**2 / (2 * left), D**2 / left**2
    corollary = b1 * G / (1 - lam) ** 2
    x = d * D**2 * G / (2 * a * left)

    def cb(gamma, inside):  # 13 and its form for AdamBS
        r1 = D**2 * L / (2 * a * gamma * left**2)
        return r1 * d * root + mp.sqrt(d) * third * mp.sqrt(inside) + d * b1 * r1 / (1 - lam) ** 2

    g12 = min(mp.mpf(1), mp.sqrt(n * mp.log(n) / ((mp.e - 1) * T)))
    g2 = min(mp.mpf(1), mp.sqrt(n * mp.log(n / K) / ((mp.e - 1) * T * K)))
    diameter = d * D**2 * L * root / (2 * a * g * left)  # 12 and 14
    bandit = (L * n / (K * g)) ** 2 * mp.sqrt(2 * K * n * T * mp.log(n / K))
    return {
        "sgd.zinkevich": D2**2 * root / (2 * a) + a * G2**2 * (root - mp.mpf(1) / 2),
        "sgd.zinkevich_dynamic": mp.mpf(7) / 4 * D2**2 / a + P * D2 / a + a * T * G2**2 / 2,
        "sgd.dynamic": (D2**2 + 2 * P * D2) / (2 * a) + a * T * G2**2 / 2,
        "sgd.dynamic_sqrt": (D2**2 + 2 * P * D2) * root / (2 * a) + a * G2**2 * (root - mp.mpf(1) / 2),
        "sgd.interval": D2**2 / (2 * a) + a * length * G2**2 / 2,
        "sgd.interval_sqrt": D2**2 * root / (2 * a) + a * mp.sqrt(length) * G2**2,
        "sgd.descent": 2 * v["Delta"] / (a * T) + v["smooth"] * a * v["sigma2"],
        "ons.hazan": 5 * (1 / v["exp_concave"] + G2 * D2) * d * mp.log(T),
        "ons.ours": v["newton"] / 2 * (d * mp.log(1 + T * G2**2 * D2**2 / (d * v["newton"] ** 2)) + 1),
        "hedge.fixed": D * (mp.log(d) / a + a * G**2 * T / 2),
        "hedge.anytime": D * (root * mp.log(d) / a + a * G**2 * (root - mp.mpf(1) / 2)),
        "adagradnorm.streeter": D2**2 / (2 * a) * (b0 + mp.sqrt(S2)) + a * mp.sqrt(S2),
        "fulladagrad.duchi": D2**2 / (2 * a) * (eps + mp.sqrt(d * S2)) + a * mp.sqrt(d * S2),
        "dualaveraging.xiao": (D2**2 / (2 * a) + a * G2**2) * root,
        "adagrad.duchi": (D**2 / (2 * a) + a) * Sg,
        "adagrad.tuned": mp.sqrt(2) * D * Sg,
        "adam.printed": D2**2 / (2 * a * left) * root * Sv + a * (1 + b1) * G / (left * q * (1 - kb) ** 2) * Sg
        + d * D**2 * G * q / (2 * a * left * (1 - lam) ** 2),
        "amsgrad.theorem4": first + iclr * V / a + third * Sg,
        "amsgrad.theorem4_arxiv": first + arxiv * V / a + third * Sg,
        "amsgrad.printed": first + iclr * corollary + third * Sg,
        "amsgrad.printed_arxiv": first + arxiv * corollary + third * Sg,
        "amsgrad.derived": first + d / a * iclr * corollary + third * Sg,
        "amsgrad.derived_arxiv": first + d / a * arxiv * corollary + third * Sg,
        "amsgrad.tran_phong": x * (Q + root) + x / (1 - lam) ** 2 + third * Sg,
        "adamx.printed": x * (root + B) + third * Sg,
        "adamx.decaying": x * (root + b1 * lam / (1 - lam) ** 2) + third * Sg,
        "adamx.ours": x * (root + B) + third * (1 - b1**2) / 2 * Sg,
        "amsgrad.schedule_free": D**2 * root / (2 * a * left) * (Sv + d * eps) + ours * Sg,
        "adambs.theorem1": rho1 * d * root + mp.sqrt(d) * rho2 * mp.sqrt(S / (n**2 * K)) + rho3,
        "adambs.theorem2": rho1 * d * root + spread * mp.sqrt(M)
        + spread * L * mp.sqrt(mp.sqrt(R2)) / p * (2 * n * T) ** mp.mpf("0.25") + rho3,
        "adambs.theorem4": rho1 * d * root + spread * mp.sqrt(mp.log(d) * T) * mp.log(n),
        "adambs.theorem_d1": D**2 * G * d * root / (a * left) + third * mp.sqrt(d * S2)
        + b1 * D**2 * G / (2 * left * (1 - lam) ** 2),
        "adambs.d1_corrected": D**2 * G * d * root / (a * left) + third * mp.sqrt(d * S2),
        "adambs_corrected.printed": cb(
            g12, (M + (L * n / g12) ** 2 * (n / g12 * mp.log(n) + (mp.e - 1) * g12 * T)) / n**2
        ),
        "adambs.ours": diameter + ours * mp.sqrt(d) * mp.sqrt(
            (M + (L * n / g) ** 2 * mp.sqrt(2 * n * T * mp.log(n))) / (K * n**2) + (1 - 1 / K) * H
        ),
        "adamcb.lemma1": cb(g, S / (n**2 * K)),
        "adamcb.printed": cb(
            g2, (M + (L * n / g2) ** 2 * (n / g2 * mp.log(n / K) + (mp.e - 1) * K * g2 * T)) / (n**2 * K)
        ),
        "adamcb.ours": diameter + ours * mp.sqrt(d) * mp.sqrt((M + bandit) / n**2 + (1 - 1 / K) * H),
        "adamcb.jensen": diameter + ours * mp.sqrt(d) * mp.sqrt(K * (M + bandit)) / n,
        "adamcb.split": diameter + ours * mp.sqrt(d) * (
            mp.sqrt(M_star / (1 - g)) / n + L / g * (2 * n * T * mp.log(n / K) / K**3) ** mp.mpf("0.25")
            + mp.sqrt((1 - 1 / K) * H)
        ),
        "padam.ours": D**2 * root / (2 * a * left) * Sp
        + kappa * a * (1 + b1) * G ** (1 - 2 * power) * harmonic * Sg
        / (2 * left * (1 - b2) ** power * (1 - b1 / b2**power)),
        "adambs.lemma1": mp.sqrt(R2) * L**2 / p**2 * mp.sqrt(2 * n * T),
        "adambs_corrected.lemma12": (L * n / g12) ** 2 * 2 * mp.sqrt((mp.e - 1) * n * T * mp.log(n)),
        "adamcb.lemma2": (L * n / g2) ** 2 * 2 * mp.sqrt((mp.e - 1) * K * n * T * mp.log(n / K)),
        "adamcb.ours_lemma": (L * n / (K * g)) ** 2 * mp.sqrt(2 * K * n * T * mp.log(n / K)),
    }  # fmt: skip


#: Constants of bounds of stationarity, and of exp-concave losses.
MORE = ("Delta", "smooth", "sigma2", "exp_concave")
STATISTICS = ("S_v", "S_g", "S", "M", "B", "S_2", "S_p", "V", "H", "Q", "M_star")


def constants(seed, longest=10**6):
    """Random admissible constants: eta = beta1/sqrt(beta2) < 1, K < n, 0 < gamma < 1."""
    rng = np.random.default_rng(seed)
    beta1, beta2 = rng.uniform(0, 0.9), rng.uniform(0.85, 0.999)
    n = int(rng.integers(3, 1000))
    positive = {k: float(np.exp(rng.normal())) for k in ("D", "D2", "G", "G2", "L", "alpha", "R2", *STATISTICS, *MORE)}
    # As the theorems have it on Online Newton Step's scale, and on the step of the descent bound.
    scale = rng.uniform(1, 2) * 2 * max(4 * positive["G2"] * positive["D2"], 1 / positive["exp_concave"])
    positive |= {"newton": scale, "smooth": rng.uniform(0.1, 1) / positive["alpha"]}
    return {
        **positive, "T": int(rng.integers(1, longest)), "d": int(rng.integers(1, 100)), "n": n,
        "K": int(rng.integers(1, n)), "beta1": beta1, "beta2": beta2, "lam": rng.uniform(0.01, 0.99),
        "eps": rng.uniform(0, 1e-3), "path": rng.uniform(0, 9), "length": int(rng.integers(1, 100)),
        "b0": rng.uniform(0, 2), "kappa": rng.choice([1.0, 1 - beta1]), "p_min": rng.uniform(0.01, 1) / n,
        "gamma": rng.uniform(0.01, 0.99), "p": rng.uniform(0.01, 0.5),
    }  # fmt: skip


def own(bound, values):
    """What the bound has a symbol for: it takes nothing else."""
    return {symbol.name: values[symbol.name] for symbol in bound.symbols}


def assumed(bound, values):
    """The constants among the values that the bound reads a priori."""
    return {name: value for name, value in values.items() if name in bound.constants}


def exactly(values):
    return {k: mp.mpf(v) for k, v in values.items()}


@pytest.mark.parametrize("seed", range(20))
def test_every_bound_agrees_with_a_high_precision_reference(seed):
    values = constants(seed)
    expected = reference(exactly(values))
    assert expected.keys() == Bound.known.keys()
    for name, bound in Bound.known.items():
        total = float(sum(bound.evaluate(own(bound, values)).values()))
        assert total == pytest.approx(float(expected[name]), rel=BOUND_DIGITS), name


@pytest.mark.parametrize("seed", range(2))
def test_bounds_a_priori_agree_with_the_reference_at_the_worst_statistics(seed):
    values = {k: v for k, v in constants(seed, longest=2000).items() if k not in (*STATISTICS, "p_min", "kappa", "R2")}
    for name, bound in Bound.known.items():
        v = exactly(values)
        T, d, n, K, G, L, b1, lam = (v[k] for k in ("T", "d", "n", "K", "G", "L", "beta1", "lam"))
        total = K if name.startswith("adamcb.") else mp.mpf(1)
        p_min = v["gamma"] * total / n
        top = 1 - (n - 1) * p_min
        decays = [b1 * lam ** (t - 1) for t in range(1, int(T) + 1)]
        heights = [mp.sqrt(t) / (1 - b1 * lam ** (t - 1)) for t in range(1, 2000)]
        t0 = max((t for t in range(2, 2000) if heights[t - 1] < heights[t - 2]), default=0)
        v |= {
            "kappa": mp.mpf(1), "p_min": p_min, "R2": (top - p_min) * mp.log(top / p_min) if total == 1 else mp.mpf(1),
            "S_v": d * G, "S_g": d * G * mp.sqrt(T), "S_2": v["G2"] ** 2 * T, "S_p": d * G ** (2 * v["p"]),
            "S": n * L**2 * T / p_min, "M": (n * L) ** 2 * T / total, "M_star": (n * L) ** 2 * T / total, "H": L**2 * T,
            "B": sum((x * mp.sqrt(t) for t, x in enumerate(decays)), mp.mpf(0)),
            "V": d * G * sum(x * mp.sqrt(t) for t, x in enumerate(decays, start=1)),
            "Q": sum((mp.sqrt(t) for t in range(1, t0 + 1)), mp.mpf(0)),
        }  # fmt: skip
        found = bound.at_T(values["T"], assumed(bound, values))
        assert float(found) == pytest.approx(float(reference(v)[name]), rel=BOUND_DIGITS), name


def test_a_changed_constant_would_be_found():
    for name, symbols in {
        "adam.printed": ("D2", "G", "beta2", "lam", "S_g"),
        "padam.ours": ("p", "S_p", "beta2"),
    }.items():
        values = constants(0)
        expected = float(reference(exactly(values))[name])
        for symbol in symbols:
            changed = {**values, symbol: values[symbol] * (1 + 1e-6)}
            found = float(sum(Bound.known[name].evaluate(own(Bound.known[name], changed)).values()))
            assert found != pytest.approx(expected, rel=BOUND_DIGITS), symbol


@pytest.mark.parametrize(("some_bounds", "count"), [(None, 10**4), (["adam.printed", "adambs.ours"], 10**6)])
def test_a_million_horizons_are_one_call(some_bounds, count):
    """Of every bound ten thousand, of two a million."""
    horizons = np.geomspace(1, 1e12, count)
    given = {k: v for k, v in constants(1).items() if k not in (*STATISTICS, "T", "p_min", "R2", "kappa")}
    for bound in map(Bound.known.get, some_bounds or Bound.known):
        known = assumed(bound, given)
        curve = bound.at_T(horizons, known)
        assert curve.shape == horizons.shape
        some = np.arange(0, count, count // 4 + 7)
        alone = [float(bound.at_T(horizons[i], known)) for i in some]
        assert curve[some] == pytest.approx(alone, rel=BOUND_DIGITS), bound.id


def test_a_missing_constant_is_named():
    with pytest.raises(rl.InputError, match=r"sgd.zinkevich needs a value for G2 \(Zinkevich 2003"):
        rl.bounds.sgd.zinkevich.evaluate({"T": 1, "D2": 1, "alpha": 1})
    with pytest.raises(rl.InputError, match=r"adagrad.duchi needs a value for S_g \(Duchi"):
        rl.bounds.adagrad.duchi.at_T(10, {"D": 1, "alpha": 1})


def test_every_bound_is_stated_in_latex_with_its_ties():
    for bound in Bound.known.values():
        text = bound.latex()
        assert r"\le" in text
        assert text.count("{") == text.count("}")
        assert all(rf"\quad {symbol}" in text.replace(r"\gamma", "gamma") for symbol in bound.ties)
    assert r"\textstyle\sum_i\hat v_{T,i}^{\,p}" in rl.bounds.padam.ours.latex()


def test_false_bounds_name_the_one_in_their_place():
    assert all(bound.corrected in ("", *Bound.known) for bound in Bound.known.values())
    assert all(bound.represented_by in ("", *Bound.known) for bound in Bound.known.values())
    false = ("adam.printed", "adambs.theorem1", "adambs.theorem2", "adambs.theorem4", "adamcb.printed")
    assert all(Bound.known[name].corrected for name in false)
    assert not any(Bound.known[bound.corrected].corrected for bound in Bound.known.values() if bound.corrected)


def test_schedule_sums_are_the_sums():
    T = np.array([1, 2, 3, 50, 400])
    for lam in (0.001, 0.5, 0.97, 1.0):
        direct = [sum(0.9 * lam ** (t - 1) * np.sqrt(t - 1) for t in range(2, last + 1)) for last in T]
        assert schedule_sum(0.9, lam, T) == pytest.approx(direct, rel=1e-12)
        direct = [sum(0.9 * lam ** (t - 1) * np.sqrt(t) for t in range(1, last + 1)) for last in T]
        assert weights_sum(0.9, lam, T) == pytest.approx(direct, rel=1e-12)


@pytest.mark.parametrize("lam", [1.0, 1 - 1e-8, 1 - 1e-5])
def test_schedule_sums_are_right_where_they_are_no_longer_added_up(lam):
    s = np.arange(400_000.0)
    direct = np.cumsum(lam**s * np.sqrt(s))
    T = np.array([100_000, 100_001, 100_002, 150_000, 400_000])
    assert schedule_sum(1.0, lam, T) == pytest.approx(direct[T - 1], rel=BOUND_DIGITS)


def test_the_last_decrease_is_the_last():
    rng = np.random.default_rng(0)
    t = np.arange(1.0, 60_000.0)
    for _ in range(100):
        beta1, lam = rng.uniform(0, 1), 1 - 10 ** rng.uniform(-4, 0)
        heights = np.sqrt(t) / (1 - beta1 * lam ** (t - 1))
        falls = np.flatnonzero(np.diff(heights) < 0)
        assert last_decrease(beta1, lam) == (falls[-1] + 2 if len(falls) else 0)


def test_reddis_sum_lies_between_the_riemann_sums():
    """Theorem 4's sum over t, exact from every step's v_hat, against the upper sum over eight checkpoints."""
    T, beta1, lam = 200, 0.9, 0.98
    algorithm = f"amsgrad(alpha=0.3, beta1={beta1}, lam={lam}, beta2=0.9)"
    problem = rl.problems.StochasticReddi(C=10, delta=0.1)
    fine, coarse = (
        rl.simulate(problem, algorithm, horizon=T, checkpoints=times).of().sum_sqrt_v_hat
        for times in (range(1, T + 1), [1, 3, 9, 20, 40, 80, 140, T])
    )
    t = fine.t.values
    exact = float((beta1 * lam ** (t - 1) * np.sqrt(t) * fine.values[0]).sum())
    upper = momentum_weighted(coarse.values, beta1, lam, coarse.t.values.astype(float))[0, -1]
    before = np.concatenate([[0.0], coarse.values[0, :-1]])[None]
    lower = momentum_weighted(before, beta1, lam, coarse.t.values.astype(float))[0, -1]
    assert lower < exact < upper
    every = momentum_weighted(fine.values, beta1, lam, t.astype(float))[0, -1]
    assert every == pytest.approx(exact, rel=1e-12)

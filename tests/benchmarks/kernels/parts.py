"""Pieces of the hand-fused kernels: random numbers, sums over rows, the logistic loss, the update of an iterate.

Each was chosen by measurement among several formulations. Numba vectorises a loop where all arrays it writes are rows
of one array (else it checks for overlap at every entry, or gives up), where no call is left inside, and where a choice
is written ``a if a > b else b``. Sums are only reordered where ``fastmath`` says so.
"""

import math

import numba
import numpy as np

REORDER = {"reassoc", "nsz", "contract"}
CONTRACT = {"contract"}
UNIT = 1.0 / 9007199254740992.0  # 2**-53
LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
SMALLEST = -708.0  # below it exp is subnormal

# Interpolation at Chebyshev nodes: exp on [-ln 2 / 2, ln 2 / 2] to 2e-17, artanh(sqrt q) / sqrt q on [0, 1/9] to 2e-18.
E2, E3, E4, E5, E6 = (
    0.5000000000000019,
    0.1666666666666668,
    0.0416666666664881,
    0.008333333333319601,
    0.00138888889523147,
)
E7, E8, E9 = 0.00019841269890047113, 2.4801485482328494e-05, 2.755724091857897e-06
E10, E11 = 2.763263963904103e-07, 2.5110037605963777e-08
A1, A2, A3, A4, A5 = (
    0.33333333333333076, 0.20000000000092874, 0.14285714272727057, 0.11111112040373837, 0.09090870416252403,
)  # fmt: skip
A6, A7, A8, A9, A10 = (
    0.07693307021152004, 0.06650187016337313, 0.06055084364034609, 0.0416225325593041, 0.08522081781390699,
)  # fmt: skip
#: Rows of the scratch array over the K drawn examples.
SCORE, LABEL, LOSS, SLOPE, WEIGHT, CHANCE, NORM, FACTOR, SCRATCH = range(9)


def njit(fastmath=False):
    """Numba's decorator: errors as in NumPy, no cache (the kernels lie in several files, which its key ignores)."""
    return numba.njit(nogil=True, error_model="numpy", fastmath=fastmath)


@njit()
def uniforms(words, out):
    """``numpy.random.Generator(SFC64).random(len(out))``; the four words move on."""
    a, b, c, counter = words[0], words[1], words[2], words[3]
    for k in range(out.shape[0]):
        word = a + b + counter
        counter += np.uint64(1)
        a = b ^ (b >> np.uint64(11))
        b = c + (c << np.uint64(3))
        c = ((c << np.uint64(24)) | (c >> np.uint64(40))) + word
        out[k] = np.float64(word >> np.uint64(11)) * UNIT
    words[0], words[1], words[2], words[3] = a, b, c, counter


@njit(REORDER)
def scores(Z, J, x, out):
    """out[k] = Z[J[k]] . x, four rows per pass so that x is loaded once for all four."""
    K = J.shape[0]
    for k in range(0, K - 3, 4):
        j0, j1, j2, j3 = J[k], J[k + 1], J[k + 2], J[k + 3]
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for i in range(x.shape[0]):
            s0 += Z[j0, i] * x[i]
            s1 += Z[j1, i] * x[i]
            s2 += Z[j2, i] * x[i]
            s3 += Z[j3, i] * x[i]
        out[k], out[k + 1], out[k + 2], out[k + 3] = s0, s1, s2, s3
    for k in range(K - K % 4, K):
        s0 = 0.0
        for i in range(x.shape[0]):
            s0 += Z[J[k], i] * x[i]
        out[k] = s0


@njit(REORDER)
def combined(Z, J, a, g):
    """g = sum_k a[k] Z[J[k]], four rows per pass."""
    K = J.shape[0]
    g[:] = 0.0
    for k in range(0, K - 3, 4):
        j0, j1, j2, j3 = J[k], J[k + 1], J[k + 2], J[k + 3]
        a0, a1, a2, a3 = a[k], a[k + 1], a[k + 2], a[k + 3]
        for i in range(g.shape[0]):
            g[i] += (a0 * Z[j0, i] + a1 * Z[j1, i]) + (a2 * Z[j2, i] + a3 * Z[j3, i])
    for k in range(K - K % 4, K):
        for i in range(g.shape[0]):
            g[i] += a[k] * Z[J[k], i]


@njit(CONTRACT)
def exponentials(b, row, bits):
    """Row SCRATCH = exp of a row of ``b``, whose entries are at most 0."""
    for k in range(b.shape[1]):
        z = b[row, k]
        z = z if z > SMALLEST else SMALLEST
        q = math.floor(z * LOG2E + 0.5)
        r = (z - q * LN2_HIGH) - q * LN2_LOW
        far = E6 + r * (E7 + r * (E8 + r * (E9 + r * (E10 + r * E11))))
        b[SCRATCH, k] = 1.0 + r * (1.0 + r * (E2 + r * (E3 + r * (E4 + r * (E5 + r * far)))))
        bits[k] = (np.int64(q) + 1023) << 52
    power = bits.view(
        np.float64
    )  # two loops: within one, the write as integer and the read as float would stop vectors
    for k in range(b.shape[1]):
        b[SCRATCH, k] *= power[k]


@njit(CONTRACT)
def logistic(b, bits):
    """Rows LOSS and SLOPE of log(1 + exp(-y u)) from rows SCORE and LABEL; log1p(e) is 2 artanh(e / (2 + e))."""
    for k in range(b.shape[1]):
        b[LOSS, k] = -abs(b[SCORE, k])
    exponentials(b, LOSS, bits)
    for k in range(b.shape[1]):
        e = b[SCRATCH, k]
        s = e / (2.0 + e)
        q = s * s
        far = A5 + q * (A6 + q * (A7 + q * (A8 + q * (A9 + q * A10))))
        z = -b[LABEL, k] * b[SCORE, k]
        b[LOSS, k] = (z if z > 0.0 else 0.0) + 2.0 * s * (1.0 + q * (A1 + q * (A2 + q * (A3 + q * (A4 + q * far)))))
        b[SLOPE, k] = -b[LABEL, k] * ((1.0 if z >= 0.0 else e) / (1.0 + e))


@njit()
def update(a, g, mu, beta, om, rho, eta, c, eps, low, high):
    """Adam's or AdamX's step on the rows x, m, v, ratchet of ``a``, then the clip to the box."""
    for i in range(g.shape[0]):
        m = mu * a[1, i] + (1.0 - mu) * g[i]
        v = beta * a[2, i] + om * (g[i] * g[i])
        top = rho * a[3, i]
        top = top if top > v else v
        x = a[0, i] - eta * m / (math.sqrt(c * top) + eps)
        x = low if x < low else x
        x = high if x > high else x
        a[0, i], a[1, i], a[2, i], a[3, i] = x, m, v, top

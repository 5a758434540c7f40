"""Isotonic fits and CORP decompositions for tests/unit/analysis/test_isotonic.c and test_reliability.c.

Printed by `/usr/bin/python3 tests/reference/corp.py` with numpy 1.24 and scipy 1.10. Nothing is pooled here: the fit is
the solution of min |A d - y| with steps d >= 0 (scipy.optimize.nnls), the first value free as a difference of two.
"""
import numpy as np
from scipy.optimize import nnls


def isotonic(y, w):
    n = len(y)
    steps = np.tril(np.ones((n, n)))
    a = np.hstack([steps, -np.ones((n, 1))]) * np.sqrt(w)[:, None]
    d, _ = nnls(a, np.asarray(y) * np.sqrt(w), maxiter=10000)
    return steps @ d[:n] - d[n]


def show(name, values):
    print(name, ", ".join(f"{v:.15g}" for v in np.atleast_1d(values)))


def corp(x, y):
    """Equal forecasts are one group, weighted by its size."""
    groups, index, count = np.unique(x, return_inverse=True, return_counts=True)
    share = np.bincount(index, weights=y) / count
    fit = isotonic(share, count.astype(float))[index]
    s, s_c, s_r = np.mean((x - y) ** 2), np.mean((fit - y) ** 2), np.mean((np.mean(y) - y) ** 2)
    return fit, np.array([s, s - s_c, s_r - s_c, s_r])


if __name__ == "__main__":
    y = np.array([0.3, -1.0, 2.5, 2.0, 1.0, 4.0, 3.5, 3.9, 3.0, 6.0])
    w = np.array([1, 2, 1, 3, 0.5, 1, 2, 1, 4, 1.0])
    show("weighted", isotonic(y, w))
    x = np.array([.05, .1, .1, .2, .25, .3, .3, .3, .45, .5, .6, .65, .7, .8, .8, .9, .95, .99])
    right = np.array([0, 0, 1, 0, 0, 1, 0, .5, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1])
    fit, parts = corp(x, right)
    show("fit", fit)
    show("brier, miscalibration, discrimination, uncertainty", parts)

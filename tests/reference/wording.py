"""Reference values for analysis/stats/wording: run with Debian's python3-numpy and python3-scipy (1.10), prints the strength and
the scale that test_wording.c expects. Texts, base and strengths are that test's; all else is written anew, with matrices."""
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

TEXTS = [("certificate expired gateway refused", 0), ("certificate chain expired again", 0), ("expired token refused login", 0),
         ("login refused after certificate rotation", 0), ("disk full database slow", 1), ("database disk replica slow", 1),
         ("replica lag database full", 1), ("slow query database", 1), ("flag rollout broke checkout", 2),
         ("bad flag rollout again", 2), ("config rollout broke gateway", 2), ("checkout slow after rollout", 2)]
BASE = np.array([1.0, 2.0, 1.0])
words = sorted({w for t, _ in TEXTS for w in t.split()})
X = np.array([[w in t.split() for w in words] for t, _ in TEXTS], float)
Y = np.eye(3)[[c for _, c in TEXTS]]


def left_out(i, s):
    keep = np.arange(len(X)) != i
    x, y = X[keep], Y[keep]
    n_w, n = x.sum(0), len(x)
    known = (n_w >= 2) & (2 * n_w <= n) & (X[i] > 0)
    p = (n_w + 0.5) / (n + 1)
    v = np.log((y.T @ x + s * p) / (y.sum(0)[:, None] + s)) - np.log(p)
    z = v[:, known].sum(1) / np.sqrt(max(known.sum(), 1))
    prior = BASE + y.sum(0)
    return np.log(prior / prior.sum()), z


best = None
for s in (1, 2, 5, 10, 20, 50):
    rows = [left_out(i, s) for i in range(len(X))]
    loss = lambda a: a * a / 2 - sum(log_softmax(p + a * z)[Y[i].argmax()] for i, (p, z) in enumerate(rows))
    fit = minimize_scalar(loss, bounds=(0, 8), method="bounded", options={"xatol": 1e-10})
    if best is None or fit.fun < best[0]:
        best = (fit.fun, s, fit.x)
print("strength %g, scale %.10g" % best[1:])

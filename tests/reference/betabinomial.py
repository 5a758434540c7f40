"""Reference values for analysis/stats/betabinomial: exact fractions, by Polya's urn (each draw adds one of its colour), with
Python's standard library alone. Prints the table in test_betabinomial.c."""
from fractions import Fraction as F


def urn(m, a, b):
    """P(j of m drawn), by going through the draws one by one."""
    p = [F(1)]
    for n in range(m):
        q = [F(0)] * (n + 2)
        for j, x in enumerate(p):
            up = (a + j) / (a + b + n)
            q[j + 1] += x * up
            q[j] += x * (1 - up)
        p = q
    return p


for k, m, a, b in [(3, 10, F(2), F(5)), (9, 10, F(2), F(5)), (0, 40, F(3, 2), F(17, 2)), (30, 40, F(30), F(70)),
                   (12, 120, F(25), F(175)), (1, 1, F(1, 2), F(1, 2)), (25, 60, F(7, 4), F(33, 4))]:
    p = urn(m, a, b)
    cdf = [sum(p[:j + 1]) for j in range(m + 1)]
    two = min(F(1), 2 * min(cdf[k], 1 - (cdf[k - 1] if k else 0)))
    low = next(j for j in range(m + 1) if cdf[j] > F(1, 40))
    high = next(j for j in range(m + 1) if cdf[j] >= 1 - F(1, 40))
    print("{%d, %d, %r, %r, %.17g, %d, %d, %.17g}," % (k, m, float(a), float(b), float(m * a / (a + b)), low, high, float(two)))

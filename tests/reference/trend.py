"""Reference values for what the trend report stands on (analysis/stats: gamma, compare, discovery): run with Debian's
python3-scipy (1.10) and numpy, prints the tables in test_gamma.c, test_compare.c and test_discovery.c."""
from math import asin, sin, sqrt
from scipy.special import gammainc, gammaincinv
from scipy.stats import beta, binom, hypergeom, norm, poisson

print("/* P(a, x) */")
for a, x in [(0.5, 0.1), (1, 1), (2.5, 7), (50, 40), (200, 230), (0.01, 0.001), (1000, 1000), (12, 3)]:
    print("{%r, %r, %.17g}," % (a, x, gammainc(a, x)))
print("/* Garwood's interval of k, 95 % */")
for k in [0, 1, 5, 17, 100, 2500]:
    print("{%d, %.17g, %.17g}," % (k, 0.0 if k == 0 else gammaincinv(k, 0.025), gammaincinv(k + 1, 0.975)))
print("/* rates: n, t, b, s, ratio, low, high, p */")
for n, t, b, s in [(12, 92, 5, 91), (5, 92, 12, 91), (40, 30, 100, 92), (7, 1, 0, 1), (0, 1, 4, 2), (3, 1, 3, 1), (300, 92, 240, 90)]:
    N, q = n + b, t / (t + s)
    p = min(1.0, 2 * min(binom.cdf(n, N, q), binom.sf(n - 1, N, q)))
    low = 0.0 if n == 0 else beta.ppf(0.025, n, b + 1)
    high = 1.0 if b == 0 else beta.ppf(0.975, n + 1, b)
    ratio = "INFINITY" if b == 0 else "%.17g" % ((n / t) / (b / s))
    print("{%d, %r, %d, %r, %s, %.17g, %s, %.17g}," % (n, t, b, s, ratio, low / (1 - low) * s / t,
          "INFINITY" if high == 1 else "%.17g" % (high / (1 - high) * s / t), p))
print("/* power of that test: t, s, alpha, mean, ratio, power */")
for t, s, alpha, mean, ratio in [(1, 1, 0.05, 5, 3), (92, 91, 0.025, 20, 1.5), (30, 92, 0.01, 40, 0.3), (1, 1, 0.05, 10, 1)]:
    q, power = t / (t + s), 0.0
    for b in range(0, 200):
        for n in range(0, 300):
            p = 2 * min(binom.cdf(n, n + b, q), binom.sf(n - 1, n + b, q)) if n + b else 1.0
            if p <= alpha:
                power += poisson.pmf(b, mean) * poisson.pmf(n, mean * ratio * t / s)
    print("{%r, %r, %r, %r, %r, %.17g}," % (t, s, alpha, mean, ratio, power))
print("/* shares: k, n, j, m, difference, low, high, p */")


def wilson(k, n):
    z, p = norm.ppf(0.975), k / n
    mid, reach = (p + z * z / (2 * n)) / (1 + z * z / n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return mid - reach, mid + reach


for k, n, j, m in [(5, 10, 1, 10), (0, 6, 6, 6), (30, 60, 20, 55), (3, 3, 3, 3), (120, 300, 90, 310)]:
    h = hypergeom(n + m, k + j, n)
    p = min(1.0, 2 * min(h.cdf(k), h.sf(k - 1)))
    a, b, (l1, u1), (l2, u2) = k / n, j / m, wilson(k, n), wilson(j, m)
    print("{%d, %d, %d, %d, %.17g, %.17g, %.17g, %.17g}," % (k, n, j, m, a - b, a - b - sqrt((a - l1) ** 2 + (u2 - b) ** 2),
          a - b + sqrt((u1 - a) ** 2 + (b - l2) ** 2), p))
print("/* smallest difference: share, n, m, alpha, power, sign */")
for share, n, m, alpha, power, sign in [(0.3, 100, 120, 0.05, 0.8, 1), (0.3, 100, 120, 0.05, 0.8, -1), (0.5, 20, 20, 0.01, 0.5, 1)]:
    h = (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * sqrt(1 / n + 1 / m)
    print("{%r, %d, %d, %r, %r, %d, %.17g}," % (share, n, m, alpha, power, sign, sin(asin(sqrt(share)) + sign * h / 2) ** 2 - share))
print("/* normal quantiles */")
for p in [0.5, 0.975, 0.8, 0.001, 0.9999999]:
    print("{%r, %.17g}," % (p, norm.ppf(p)))

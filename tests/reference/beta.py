"""Reference values for analysis/stats/beta: run with Debian's python3-scipy (1.10), prints the tables in test_model_beta.c."""
from scipy.special import betainc, betaincinv

print("/* I_x(a, b) */")
for a, b, x in [(0.5, 0.5, 0.1), (1, 3, 0.2), (2.5, 7, 0.4), (50, 3, 0.9), (200, 300, 0.41), (0.01, 4, 0.001),
                (1000, 1000, 0.5), (5, 0.2, 0.99)]:
    print("{%r, %r, %r, %.17g}," % (a, b, x, betainc(a, b, x)))
print("/* exact interval of k in n, 95 % */")
for k, n in [(0, 10), (1, 10), (5, 10), (9, 10), (10, 10), (17, 18), (29, 32), (45, 48), (300, 400)]:
    low = 0.0 if k == 0 else betaincinv(k, n - k + 1, 0.025)
    high = 1.0 if k == n else betaincinv(k + 1, n - k, 0.975)
    print("{%d, %d, %.17g, %.17g}," % (k, n, low, high))

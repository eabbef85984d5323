"""Makes statistics.json with scipy and statsmodels, which the tests of engine/compare hold the results against."""

import json
import random

import scipy
import statsmodels
from scipy.stats import fisher_exact
from scipy.special import erfc
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

random.seed(18)


def samples(most, share):
    n1, n2 = random.randint(1, most), random.randint(1, most)
    return [random.randint(0, int(n1 * share)), n1, random.randint(0, int(n2 * share)), n2]


fisher = [samples(30, 1) for _ in range(40)] + [samples(400, 0.05) for _ in range(20)]
fisher += [[3, 40, 20, 1_000_000], [40, 40, 999_990, 1_000_000], [0, 31, 9, 100_000], [12, 90, 2, 5_000_000]]
large = [samples(5000, 1) for _ in range(20)] + [samples(1_000_000, 0.1) for _ in range(10)]
large += [[50, 100, 50, 100], [5, 50, 6, 50], [510_000, 1_000_000, 490_000, 1_000_000], [600, 1000, 400, 1000]]
wilson = [[0, 1], [1, 1], [0, 30], [30, 30], [1, 30], [29, 30], [15, 30], [7, 1_000_000], [333_333, 1_000_000]]
wilson += [sorted(random.randint(1, 5000) for _ in range(2)) for _ in range(20)]
p_values = [
    [0.01],
    [0.04, 0.04, 0.04],
    [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205],
    [0.9, 0.0, 1.0, 0.5, 1e-12],
    [random.random() ** 4 for _ in range(25)],
]

json.dump(
    {
        "source": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "fisher": [[*x, float(fisher_exact([[x[0], x[1] - x[0]], [x[2], x[3] - x[2]]])[1])] for x in fisher],
        "two_proportions": [[*x, float(proportions_ztest([x[0], x[2]], [x[1], x[3]])[1])] for x in large],
        "erfc": [[x / 8, float(erfc(x / 8))] for x in range(0, 200)],
        "wilson": [[*x, *map(float, proportion_confint(*x, alpha=0.05, method="wilson"))] for x in wilson],
        "benjamini_hochberg": [[x, multipletests(x, method="fdr_bh")[1].tolist()] for x in p_values],
    },
    open("statistics.json", "w"),
    separators=(",", ":"),
)

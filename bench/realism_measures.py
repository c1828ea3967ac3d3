"""Distributions of an endorsement log, made comparable, and distances between them.

A log here is a pair of integer arrays and one of seconds: who endorsed what when, each pair once.
Two logs differ in length and in how busy they are before they differ in shape. So each comparison
cuts both to the length of the shorter, and keeps of the denser a random share of rows so that the
mean an account (or a target) is the same on both sides; what is left to differ is the shape.
"""

import numpy as np

DAY = 86_400.0


class Log:
    """Endorsements in the order of time, the first at second 0."""

    def __init__(self, actor, target, seconds, days):
        order = np.argsort(seconds, kind="stable")
        self.actor, self.target = np.asarray(actor)[order], np.asarray(target)[order]
        self.seconds = np.asarray(seconds, dtype=float)[order]
        self.days = days

    def cut(self, days):
        """What falls into the first so many days."""
        return self.keep(self.seconds < days * DAY, days)

    def keep(self, which, days=None):
        return Log(self.actor[which], self.target[which], self.seconds[which], days or self.days)


def per_key(keys):
    """How often each key that occurs, occurs."""
    return np.unique(keys, return_counts=True)[1].astype(float)


def thinned_to(log, key, mean, random):
    """A random share of the rows, so that those keys that are left have this mean."""
    draw = random.random(len(log.seconds))
    low, high = 0.0, 1.0
    for _ in range(18):
        middle = (low + high) / 2
        counts = per_key(getattr(log, key)[draw < middle])
        if counts.size and counts.mean() > mean:
            high = middle
        else:
            low = middle
    return log.keep(draw < high)


def matched(one, other, key):
    """Both logs over the same length, the denser thinned."""
    days = min(one.days, other.days)
    logs = [one.cut(days), other.cut(days)]
    means = [per_key(getattr(log, key)).mean() for log in logs]
    dense = int(means[1] > means[0])
    logs[dense] = thinned_to(logs[dense], key, means[1 - dense], np.random.default_rng(1))
    return logs


def gaps(log):
    """Seconds between an account's endorsements, of those with five or more; at least one second."""
    order = np.lexsort((log.seconds, log.actor))
    actor, seconds = log.actor[order], log.seconds[order]
    _, place, counts = np.unique(actor, return_inverse=True, return_counts=True)
    gap = np.diff(seconds)
    inside = (actor[1:] == actor[:-1]) & (counts[place][1:] >= 5)
    return np.maximum(gap[inside], 1.0)


def burstiness(log, least, exactly=False):
    """Burstiness of each account with enough endorsements, corrected for their number (Kim & Jo 2016):
    -1 is a clock, 0 chance, 1 all at once. With `exactly`, of the first `least` alone."""
    order = np.lexsort((log.seconds, log.actor))
    starts = np.flatnonzero(np.r_[True, np.diff(log.actor[order]) != 0])
    found = []
    for seconds in np.split(log.seconds[order], starts[1:]):
        if len(seconds) < least:
            continue
        gap = np.diff(seconds[:least] if exactly else seconds)
        n = len(gap) + 1
        if gap.sum() <= 0:
            continue
        r = gap.std() / gap.mean()
        found.append((np.sqrt(n + 1) * r - np.sqrt(n - 1)) / ((np.sqrt(n + 1) - 2) * r + np.sqrt(n - 1)))
    return np.array(found)


def half_lives(log):
    """Seconds from a target's first endorsement to half of those of its first two days; of targets that
    appear after the first day and get ten or more."""
    order = np.lexsort((log.seconds, log.target))
    starts = np.flatnonzero(np.r_[True, np.diff(log.target[order]) != 0])
    found = []
    for seconds in np.split(log.seconds[order], starts[1:]):
        age = seconds - seconds[0]
        if DAY <= seconds[0] <= (log.days - 2) * DAY and (age < 2 * DAY).sum() >= 10:
            found.append(max(np.median(age[age < 2 * DAY][1:]), 1.0))
    return np.array(found)


def hours(seconds_of_day):
    """Shares of 24 hours."""
    counts = np.bincount((np.asarray(seconds_of_day) // 3600).astype(int) % 24, minlength=24)
    return counts / counts.sum()


def smirnov(one, other):
    """Largest distance between two distribution functions (Kolmogorov & Smirnov)."""
    points = np.union1d(one, other)
    return float(np.abs(distribution(one, points) - distribution(other, points)).max())


def wasserstein(one, other, log=False):
    """Area between two distribution functions, over the logarithm (base 2: doublings) where asked."""
    points = np.union1d(one, other)
    gap = np.abs(distribution(one, points) - distribution(other, points))
    return float((gap[:-1] * np.diff(np.log2(points) if log else points)).sum())


def distribution(values, points):
    return np.searchsorted(np.sort(values), points, side="right") / len(values)


def survival(values):
    """Points of a survival curve: values and the share of those that reach them."""
    points, counts = np.unique(values, return_counts=True)
    return points, counts[::-1].cumsum()[::-1] / counts.sum()


def gini(counts):
    counts = np.sort(counts)
    n = len(counts)
    return float((2 * np.arange(1, n + 1) - n - 1) @ counts / (n * counts.sum()))


def top_share(counts, share):
    """Part of the sum that the largest share of the counts holds."""
    counts = np.sort(counts)[::-1]
    return float(counts[: max(1, round(len(counts) * share))].sum() / counts.sum())

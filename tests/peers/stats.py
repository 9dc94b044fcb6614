# stats.py - many runs of a program with known allocations: do the intervals hold the truth?
import concurrent.futures
import os
import statistics

from peerlib import build, capture_one, have, hprof_json, run

Z95 = 1.96
# site, sample type, least and greatest share of intervals that hold the truth: 50 runs, 200 runs.
# For one size that is 90 to 99 %.  For mixed sizes the share aimed at is 95 % or more; what is
# found in so many runs may lie three standard deviations (of a share of 95 %) below.
CASES = (
    ("site_small", "inuse_space", (0.84, 1.0), (0.90, 0.99)),
    ("site_page", "inuse_space", (0.84, 1.0), (0.90, 0.99)),
    ("site_small", "inuse_objects", (0.84, 1.0), (0.90, 0.99)),
    ("site_page", "inuse_objects", (0.84, 1.0), (0.90, 0.99)),
    ("site_mixed", "inuse_space", (0.857, 1.0), (0.903, 1.0)),
    ("site_mixed", "inuse_objects", (0.857, 1.0), (0.903, 1.0)),
)
# an interval may be too wide as well: what the runs scatter by, over what is claimed
SCATTER = {False: (0.4, 1.9), True: (0.7, 1.4)}


def one_run(work, exe, i):
    dump = capture_one(os.path.join(work, "r%d" % i), [exe], lg=19)
    out = {}
    for t in ("inuse_space", "inuse_objects"):
        for r in hprof_json("top", "--json", "--" + t, dump)["rows"]:
            out[(t, r["name"])] = (r["flat"], r["flat_stderr"])
    os.remove(dump)
    return out


def judge(report, name, got, truth, bounds, scatter):
    inside = sum(1 for v, e in got if abs(v - truth) <= Z95 * e)
    share = inside / len(got)
    bad = []
    if not bounds[0] <= share <= bounds[1]:
        bad.append("%d of %d intervals hold %d, that is %.1f %%; allowed are %g to %g %%" %
                   (inside, len(got), truth, 100 * share, 100 * bounds[0], 100 * bounds[1]))
    ratio = statistics.variance([v for v, _ in got]) / statistics.fmean(e * e for _, e in got)
    if not scatter[0] <= ratio <= scatter[1]:
        bad.append("the runs' variance is %.2f times the variance claimed" % ratio)
    mean = statistics.fmean(v for v, _ in got)
    error = statistics.stdev([v for v, _ in got]) / len(got) ** 0.5
    if abs(mean - truth) > 4 * error:
        bad.append("mean %.0f is %.1f standard errors from %d" % (mean, abs(mean - truth) / error, truth))
    report.check(name, bad, "%d of %d, variance %.2f of claimed, mean %.3f of the truth" %
                 (inside, len(got), ratio, mean / truth))


def run_group(report, work, long):
    if have("gcc"):
        report.skip("stats", "no gcc")
        return
    work = os.path.join(work, "stats")
    runs = 200 if long else 50
    exe = build("gcc", "known.c", os.path.join(work, "known"), "-g", "-O2")
    truth = {}
    for line in run([exe, "sites"]).splitlines():
        name, objects, size = line.split()
        truth[(name, "inuse_objects")], truth[(name, "inuse_space")] = int(objects), int(size)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda i: one_run(work, exe, i), range(runs)))
    for site, t, quick, full in CASES:
        got = [r.get((t, site), (0.0, 0.0)) for r in results]
        scatter = SCATTER[long]
        if site == "site_mixed":  # its variance is a bound from above
            scatter = (0.0, scatter[1])
        judge(report, "stats/%s/%s/%d runs" % (site, t, runs), got, truth[(site, t)],
              full if long else quick, scatter)

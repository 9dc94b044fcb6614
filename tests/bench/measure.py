# measure.py - time and memory of a command and of all processes that it starts.
import os
import subprocess
import threading
import time

MB = 1000000


def processes(root):
    """@root and everything that descends from it."""
    out, todo = [], [root]
    while todo:
        pid = todo.pop()
        out.append(pid)
        try:
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, task)) as f:
                    todo += [int(x) for x in f.read().split()]
        except OSError:
            pass  # it has just ended
    return out


def resident(pid):
    """Bytes that are resident for @pid, its part of what it shares."""
    try:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            for line in f:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Sampler(threading.Thread):
    """The greatest sum over the tree of processes, looked at every few milliseconds."""

    def __init__(self, root, every_s=0.003):
        super().__init__(daemon=True)
        self.root, self.every_s, self.peak = root, every_s, 0
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(self.every_s):
            self.peak = max(self.peak, sum(resident(pid) for pid in processes(self.root)))


class Run:
    """One run of a command.  Seconds of the wall clock and of the processors; the peak of memory is the
    greater of what wait4 says of the largest single process and, when @sampled, of what all of them held at
    one moment.  Sampling holds the command up, so a run that is sampled is not one to time."""

    def __init__(self, cmd, env, stdin=None, stdout=None, sampled=False):
        with open(stdin or os.devnull, "rb") as i, open(stdout or os.devnull, "wb") as o:
            start = time.monotonic()
            p = subprocess.Popen(cmd, env=env, stdin=i, stdout=o, stderr=subprocess.DEVNULL)
            sampler = Sampler(p.pid) if sampled else None
            if sampler:
                sampler.start()
            _, status, usage = os.wait4(p.pid, 0)
            self.wall_s = time.monotonic() - start
            if sampler:
                sampler.done.set()
                sampler.join()
        p.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.peak = max(usage.ru_maxrss * 1024, sampler.peak if sampler else 0)
        self.ok = p.returncode == 0


def best(cmd, env, times=3, stdin=None, stdout=None, enough_s=3.0):
    """The fastest of @times runs; of fewer once they took @enough_s together."""
    runs, spent = [], 0.0
    while len(runs) < times and (not runs or spent < enough_s):
        r = Run(cmd, env, stdin, stdout)
        if not r.ok:
            raise RuntimeError("failed: " + " ".join(cmd))
        runs.append(r)
        spent += r.wall_s
    return min(runs, key=lambda r: r.wall_s)

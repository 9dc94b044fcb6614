# report.py - results of tests, one line each: "ok - NAME", "not ok - NAME" with reasons, "SKIP NAME: why"; and the counts.
import threading


class Report:
    """@verbose: all reasons of a failure, not only the first eight."""

    def __init__(self, verbose=True):
        self.passed = self.failed = self.skipped = 0
        self.verbose = verbose
        self.lock = threading.Lock()

    def check(self, name, problems, note=""):
        """@problems: what is wrong, a text or a list; none: the case passed.  Returns whether it did."""
        problems = [problems] if isinstance(problems, str) else list(problems or [])
        with self.lock:
            if not problems:
                self.passed += 1
                print("ok - %s%s" % (name, "  (%s)" % note if note else ""), flush=True)
                return True
            self.failed += 1
            print("not ok - %s" % name)
            most = len(problems) if self.verbose else 8
            for p in problems[:most]:
                print("    " + str(p).replace("\n", "\n    "))
            if len(problems) > most:
                print("    ... and %d more (-v shows all)" % (len(problems) - most))
            return False

    def skip(self, name, reason):
        with self.lock:
            self.skipped += 1
            print("SKIP %s: %s" % (name, reason), flush=True)

    def close(self):
        print("%d passed, %d failed, %d skipped" % (self.passed, self.failed, self.skipped))
        return 1 if self.failed else 0

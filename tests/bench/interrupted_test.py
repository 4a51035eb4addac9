"""A bench that somebody ends in the middle leaves nothing either."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest


class Interrupted(unittest.TestCase):
    def test_leavesNothing(self):
        for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(end.name), tempfile.TemporaryDirectory() as folder:
                bench = subprocess.Popen([os.environ["ZEGEL_BENCH_PROGRAM"], "--line"],
                                         env=dict(os.environ, TMPDIR=folder),
                                         stdout=subprocess.DEVNULL)
                latest = time.monotonic() + 60
                while not list(pathlib.Path(folder).glob("*/*/ledger.sqlite")):
                    self.assertLess(time.monotonic(), latest, "no house was made")
                    time.sleep(0.02)
                bench.send_signal(end)
                self.assertEqual(bench.wait(timeout=60), 128 + end)
                self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main()

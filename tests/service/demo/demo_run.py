"""A run of the demo beside the test, what it said, and what it left."""

import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = SOURCE / "config/demo/run"


class DemoRun:
    """`folder` takes what it makes; `before`: words of a program that starts it; `terminal`: it runs
    in one of its own."""

    def __init__(self, folder, *words, before=(), terminal=False):
        self.folder = pathlib.Path(folder)
        self.terminal = None
        self.output = tempfile.TemporaryFile("w+b")
        environment = dict(os.environ, ZEGEL_DEMO_FOLDER=str(folder))
        streams = {"stdin": subprocess.DEVNULL, "stdout": self.output}
        if terminal:
            self.terminal, inside = pty.openpty()
            streams = {"stdin": inside, "stdout": inside}
        self.process = subprocess.Popen(
            [*before, *(["setsid", "--ctty"] if terminal else []), str(PROGRAM), *words],
            env=environment, stderr=subprocess.STDOUT, **streams, start_new_session=not terminal)
        if terminal:
            os.close(inside)
        self.house = None

    def said(self):
        if self.terminal is not None:
            os.set_blocking(self.terminal, False)
            try:
                while piece := os.read(self.terminal, 65536):
                    os.write(self.output.fileno(), piece)
            except OSError:  # nothing more for now, or it is over
                pass
        file = self.output.fileno()
        text = os.pread(file, os.fstat(file).st_size, 0)  # the demo writes at the offset of all
        return text.decode(errors="replace").replace("\r\n", "\n")

    def await_words(self, words, seconds=60):
        self.await_that(lambda: words in self.said(), f"'{words}'", seconds)
        return self.said()

    def await_that(self, holds, what, seconds=30):
        latest = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > latest:
                raise AssertionError(f"waited {seconds} s for {what}; it said:\n{self.said()}")
            time.sleep(0.05)

    def find_house(self):
        """The folder in which it keeps its house."""
        places = lambda: [file for file in self.folder.glob("*/house") if file.read_text().strip()]
        self.await_that(places, "the house", 20)
        newest = max(places(), key=lambda file: file.stat().st_mtime)
        self.house = pathlib.Path(newest.read_text().strip())
        return self.house

    def end(self, how=signal.SIGTERM):
        """Its exit status."""
        self.process.send_signal(how)
        return self.process.wait(timeout=60)

    def close(self):
        if self.process.poll() is None:
            self.end()
        if self.terminal is not None:
            os.close(self.terminal)
            self.terminal = None
        self.output.close()


def processes_of(house):
    """{id: command line} of every process that knows of this house by its words or environment."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        words = read(folder / "cmdline").replace("\0", " ")
        if str(house) in words + read(folder / "environ") and int(folder.name) != os.getpid():
            found[int(folder.name)] = words
    return found


def read(file):
    """Nothing of a process that ended meanwhile, and none of the environment of one that may not be
    dumped, as those that hold secrets."""
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""

"""Where a run of the demo leaves what it made."""

import fcntl
import itertools
import os
import pathlib
import shutil
import tempfile

HOUSE_PREFIX = "zegel-"


class Place:
    """`demo` in the folder `build`, or `demo-2` and so on while other runs have those before it. The
    kernel gives it free, whatever ends a run."""

    def __init__(self, build):
        for number in itertools.count(1):
            self.folder = build / ("demo" if number == 1 else f"demo-{number}")
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._lock():
                break
        self.letters = self.folder / "letters"
        self.notes = self.folder / "notes"
        self.logs = self.folder / "log"
        self._clear()

    def _lock(self):
        """Whether this run has the place now. A run that ends takes its file away, and a file that
        is gone is locked for nobody."""
        while True:
            self.lock = open(self.folder / "house", "a+", encoding="utf-8")
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(self.lock.fileno()), os.stat(self.lock.name)):
                    return True
            except BlockingIOError:
                self.lock.close()
                return False
            except FileNotFoundError:
                pass
            self.lock.close()

    def leave(self):
        """The house is gone; what it made stays."""
        (self.folder / "house").unlink(missing_ok=True)
        self.lock.close()

    def _clear(self):
        """What the run before left here, and its house when it was killed."""
        self.lock.seek(0)
        house = pathlib.Path(self.lock.read().strip() or "/none")
        if house.name.startswith(HOUSE_PREFIX) and (house / "softhsm2.conf").is_file():
            shutil.rmtree(house, ignore_errors=True)
        self.lock.truncate(0)
        for left in (self.letters, self.notes, self.logs):
            shutil.rmtree(left, ignore_errors=True)

    def new_house(self):
        """An empty folder outside, where the paths of sockets stay short."""
        house = tempfile.mkdtemp(prefix=HOUSE_PREFIX)
        self.lock.write(house + "\n")
        self.lock.flush()
        return house

    def keep_logs(self, house):
        shutil.copytree(pathlib.Path(house) / "log", self.logs, dirs_exist_ok=True)

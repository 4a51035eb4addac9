"""`./dev` in this tree or in a small one, with tools that take long played: each notes that it was
called."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAYED = ("apt-get", "sudo", "cmake", "ctest", "clang-format", "clang-tidy", "shellcheck", "ninja")
DPKG = """#!/bin/sh
for each; do case $each in -*) ;; *) echo "ii  $each" ;; esac; done
"""


class DevTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zegel-dev-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.calls = self.folder / "calls"
        tools = self.folder / "tools"
        tools.mkdir()
        for name in PLAYED:
            self.write(tools / name, f'#!/bin/sh\necho "{name} $*" >>"{self.calls}"\n')
        self.write(tools / "dpkg-query", DPKG)
        self.environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}")
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            self.environment.pop(name, None)

    def write(self, file, text):
        file.write_text(text)
        file.chmod(0o755)

    def dev(self, *words, root=ROOT):
        done = subprocess.run([str(root / "dev"), *words], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
        return done.returncode, done.stdout

    def called(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []


class TreeTest(DevTest):
    """On a small repository with two sources."""

    def setUp(self):
        super().setUp()
        self.tree = self.folder / "tree"
        (self.tree / "cmake").mkdir(parents=True)
        (self.tree / "station").mkdir()
        shutil.copy(ROOT / "dev", self.tree)
        shutil.copytree(ROOT / "cmake", self.tree / "cmake", dirs_exist_ok=True)
        self.write(self.tree / "cmake/tidy.py", f'#!/bin/sh\necho "tidy $*" >>"{self.calls}"\n')
        for name in ("drivers", "cardprofiles", "pinmailer", "config", "hwsim", "tests", ".ci"):
            (self.tree / name).mkdir()
        for name in ("one", "two"):
            (self.tree / f"station/{name}.cpp").write_text("")

"""`./dev` answers at once: nothing is installed, prepared or built for a word it does not know. And
what `./dev test` sees, and leaves."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

from dev_tree import ROOT, DevTest, TreeTest


def kill(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:  # it has ended
        pass


def within(seconds, holds):
    latest = time.monotonic() + seconds
    while not holds() and time.monotonic() < latest:
        time.sleep(0.05)
    return holds()


def has_ended(process):
    """Although nobody may have asked yet how."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def children_of(process):
    return [int(each) for each in
            pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def environment_of(process):
    entries = pathlib.Path(f"/proc/{process}/environ").read_text().rstrip("\0").split("\0")
    return dict(entry.split("=", 1) for entry in entries)


class Words(DevTest):
    def test_helpIsGivenForEveryCommandAndDoesNothing(self):
        commands = re.findall(r"^\./dev (\w+)", self.dev("help")[1], re.MULTILINE)
        self.assertGreater(len(commands), 6)
        for command in commands:
            with self.subTest(command):
                status, said = self.dev(command, "--help")
                self.assertEqual((status, said.startswith(f"./dev {command}")), (0, True), said)
        self.assertEqual(self.called(), [])

    def test_unknownWordsAreRefusedBeforeAnythingIsDone(self):
        for words, told in ((("tset",), "./dev test"), (("tset", "--help"), "'tset'"),
                            (("test", "typo"), "Labels: unit"),
                            (("test", "unit", "bench"), "./dev bench"),
                            (("test", "unit", "typo"), "unit_ledger"), (("demo", "--kep"), "--keep"),
                            (("lint", "--al"), "--all"), (("bench", "--bad-option"), "--cards"),
                            (("bench", "--cards", "none"), "--cards"), (("fuzz", "long"), "seconds"),
                            (("build", "--fast"), "targets"), (("clean", "all"), "no words"),
                            (("setup", "now"), "no words")):
            with self.subTest(words):
                status, said = self.dev(*words)
                self.assertEqual(status, 2, said)
                self.assertIn(told, said)
        self.assertEqual(self.called(), [])

    def test_benchKnowsTheOptionsOfItsProgram(self):
        usage = (ROOT / "tests/bench/main.cpp").read_text(encoding="utf-8")
        options = set(re.findall(r"--[a-z-]+", usage[usage.index("usage:"):usage.index("WarmUp")]))
        self.assertEqual(set(re.findall(r"--[a-z-]+", self.dev("bench", "--help")[1])), options)

    def names(self):
        return subprocess.run(["python3", "-B", ROOT / "cmake/test_names.py", ROOT / "tests"],
                              capture_output=True, text=True, check=True).stdout.splitlines()

    def test_pagesNameTestsThatExist(self):
        names = self.names()
        asked = []
        for page in ROOT.rglob("*.md"):
            if page.relative_to(ROOT).parts[0] == "build":
                continue
            text = page.read_text(encoding="utf-8")
            words = re.findall(r"ctest [^`\n]*-R '?([\w|()*.]+)|\./dev test ([\w.]+)", text)
            asked += [(page, "".join(word)) for word in words]
        self.assertGreater(len(asked), 10)
        for page, word in asked:
            with self.subTest(page=str(page.relative_to(ROOT)), word=word):
                self.assertTrue((ROOT / "tests" / word).is_dir() or
                                [name for name in names if re.search(word, name)])

    def test_namesOfTestsAreFoundInTheSources(self):
        names = self.names()
        for name in ("unit_ledger.LedgerTest.", "style.dev", "api_rights_test.Rights", "tlv_fuzz",
                     "card_judged_test", "fault_walk.", "station_audit_test.Audit"):
            with self.subTest(name):
                self.assertTrue([each for each in names if each.startswith(name)])


class Leftovers(TreeTest):
    def run_with(self, what):
        """Runs tests that do `what` and pass."""
        self.write(self.folder / "tools/ctest", "#!/bin/sh\n" + what +
                   "\necho '100% tests passed, 0 tests failed out of 1'\n")
        return self.dev("test", "style", root=self.tree)

    def test_nothingIsLeft(self):
        status, said = self.run_with('touch "$TMPDIR/here"; rm "$TMPDIR/here"; sleep 0.5 &')
        self.assertEqual(status, 0, said)
        self.assertIn("2 passed, 0 failed", said)

    def test_aFileThatIsLeftIsToldAndRemoved(self):
        status, said = self.run_with('touch "$TMPDIR/left-file"; echo "$TMPDIR" >"$0.folder"')
        self.assertEqual(status, 1, said)
        self.assertRegex(said, r"left behind: left-file")
        folder = (self.folder / "tools/ctest.folder").read_text().strip()
        self.assertFalse(os.path.exists(folder))

    def left(self):
        """The process that was left; it ends with the test."""
        process = int((self.folder / "tools/ctest.left").read_text())
        self.addCleanup(kill, process)
        return process

    def test_aProcessThatIsLeftIsTold(self):
        status, said = self.run_with("sleep 60 & echo $! >\"$0.left\"")
        left = self.left()
        self.assertEqual(status, 1, said)
        self.assertIn(f"left behind: process {left} (sleep 60 )", said)

    def test_aProcessWithAnEnvironmentThatNobodyMayReadIsToldByItsWords(self):
        status, said = self.run_with('env -u TMPDIR tail -f /dev/null "$TMPDIR/../null" 2>/dev/null & '
                                     'echo $! >"$0.left"')
        left = self.left()
        self.assertEqual(status, 1, said)
        self.assertIn(f"left behind: process {left} (tail -f", said)


class Killed(TreeTest):
    def test_nothingGoesOnWithoutIt(self):
        ready = self.folder / "ready"
        self.write(self.folder / "tools/ctest", f'#!/bin/sh\nsleep 60 &\necho $! >"{ready}.new"\n'
                   f'mv "{ready}.new" "{ready}"\nwait\n')
        run = subprocess.Popen([str(self.tree / "dev"), "test", "style"], env=self.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        self.assertTrue(within(60, ready.exists))
        test = int(ready.read_text())
        self.addCleanup(kill, test)
        scratch = environment_of(test)["TMPDIR"]
        self.addCleanup(shutil.rmtree, scratch)
        started = children_of(run.pid)
        self.assertEqual(len(started), 2, "ctest, and what shows how far it is")
        run.kill()
        run.wait()
        for each in (*started, test):
            self.assertTrue(within(60, lambda: has_ended(each)), each)


class Tests(TreeTest):
    def test_aTestWithParametersIsKnownByTheNameThatCTestPrints(self):
        (self.tree / "tests/unit").mkdir()
        (self.tree / "tests/unit/CMakeLists.txt").write_text(
            "zegel_tests(NAME unit_one\n    LABELS unit SOURCES one_test.cpp USES zegel_one)\n")
        (self.tree / "tests/unit/one_test.cpp").write_text(
            "TEST_P(One, isOne) {}\nINSTANTIATE_TEST_SUITE_P(Kinds, One, values);\n")
        self.write(self.folder / "tools/ctest", f'#!/bin/sh\necho "ctest $*" >>"{self.calls}"\n'
                   "echo '100% tests passed, 0 tests failed out of 1'\n")
        for name, status in (("unit_one.Kinds/One.isOne/2", 0), ("One.isOne/wrong_subject", 0),
                             ("isOne/", 0), ("Kinds/One", 0), ("Kinds/Two", 2), ("isTwo/1", 2)):
            with self.subTest(name):
                got, said = self.dev("test", name, root=self.tree)
                self.assertEqual(got, status, said)
                self.assertEqual(any(call.endswith(f" -R {name}") for call in self.called()),
                                 status == 0)


if __name__ == "__main__":
    unittest.main()

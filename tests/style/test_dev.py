"""`./dev` answers at once: nothing is installed, prepared or built for a word it does not know. And
what `./dev lint` looks at. Tools that take long are played: each notes that it was called."""
import os
import pathlib
import re
import shutil
import signal
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
                              stderr=subprocess.STDOUT, timeout=30, check=False)
        return done.returncode, done.stdout

    def called(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []


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
        for words, told in ((("tset",), "./dev test"), (("test", "typo"), "Labels: unit"),
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

    def test_aProcessThatIsLeftIsTold(self):
        status, said = self.run_with("sleep 9 & echo $! >\"$0.left\"")
        left = int((self.folder / "tools/ctest.left").read_text())
        os.kill(left, signal.SIGKILL)
        self.assertEqual(status, 1, said)
        self.assertIn(f"left behind: /proc/{left}/environ", said)


class Installing(TreeTest):
    """By somebody who is not root, with a machine of its own in place of /usr and /run."""

    def setUp(self):
        super().setUp()
        self.policy = self.folder / "policy-rc.d"
        self.pcscd = self.folder / "run-pcscd"
        part = self.tree / "cmake/dev/packages.sh"
        part.write_text(part.read_text().replace("=/usr/sbin/policy-rc.d", f"={self.policy}")
                        .replace("=/run/pcscd", f"={self.pcscd}"))
        self.write(self.folder / "tools/id", "#!/bin/sh\necho 1000\n")
        self.write(self.folder / "tools/sudo", f'#!/bin/sh\necho "sudo $*" >>"{self.calls}"\n"$@"\n')
        self.write(self.folder / "tools/dpkg", "#!/bin/sh\n")
        self.write(self.folder / "tools/apt-get", "#!/bin/sh\n"
                   f'echo "apt-get $*" >>"{self.calls}"\ncat "{self.policy}" >>"{self.calls}"\n')

    def knows(self, status, *but):
        """What dpkg says of every package, and does not of some."""
        known = "".join(f"{each}) ;; " for each in but)
        self.write(self.folder / "tools/dpkg-query", "#!/bin/sh\nfor each; do case $each in "
                   f'-*) ;; {known}*) echo "{status}  $each" ;; esac; done\n')

    def setup_(self):
        status, said = self.dev("setup", root=self.tree)
        self.assertEqual(status, 0, said)
        return self.called()

    def installed(self, calls):
        return [call.split()[-1] for call in calls if call.startswith("apt-get") and "install" in call]

    def test_aPackageThatIsHeldIsThere(self):
        for status in ("ii", "hi"):
            with self.subTest(status):
                self.knows(status)
                self.assertEqual(self.installed(self.setup_()), [])

    def test_aPackageThatIsOnlyRemembered_orUnknown_isInstalled(self):
        self.knows("ii", "shellcheck")
        self.assertEqual(self.installed(self.setup_()), ["shellcheck"])
        self.knows("rc")
        self.assertEqual(len(self.installed(self.setup_())), 2)

    def test_theFolderThatPcscdNeedsIsMadeOnce_asRoot(self):
        made = f"sudo install -d {self.pcscd}"
        self.assertEqual(self.setup_().count(made), 1)
        self.assertTrue(self.pcscd.is_dir())
        self.assertEqual(self.setup_().count(made), 1)

    def test_buildingNeedsNoSuchFolder(self):
        self.assertEqual(self.dev("build", root=self.tree)[0], 0)
        self.assertFalse(self.pcscd.exists())

    def test_servicesAreForbiddenOnlyMeanwhile(self):
        self.knows("ii", "shellcheck")
        self.assertIn("exit 101", self.setup_())
        self.assertFalse(self.policy.exists())

    def test_aPolicyOfAnInstallationThatWasKilledIsRemoved(self):
        self.knows("ii", "shellcheck")
        self.write(self.folder / "tools/apt-get", f'#!/bin/sh\ncp "{self.policy}" "{self.policy}.left"\n')
        self.setup_()
        for missing in (("shellcheck",), ()):
            with self.subTest(missing):
                self.knows("ii", *missing)
                shutil.copy(f"{self.policy}.left", self.policy)
                self.setup_()
                self.assertFalse(self.policy.exists())

    def test_aPolicyOfTheOwnerStays(self):
        self.knows("ii", "shellcheck")
        self.write(self.policy, "#!/bin/sh\nexit 104\n")
        self.setup_()
        self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 104\n")


class Lint(TreeTest):
    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "The tree stands")

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
                       cwd=self.tree, env=self.environment, check=True)

    def lint(self, *words):
        status, said = self.dev("lint", *words, root=self.tree)
        self.assertEqual(status, 0, said)
        return said, [call.split()[2:] for call in self.called() if call.startswith("tidy")]

    def test_saysThatNothingChanged(self):
        said, analysed = self.lint()
        self.assertIn("no source differs from main", said)
        self.assertIn("./dev lint --all analyses everything", said)
        self.assertEqual(analysed, [])

    def test_analysesWhatChanged(self):
        self.git("switch", "-q", "-c", "branch")
        (self.tree / "station/one.cpp").write_text("int one;\n")
        self.git("commit", "-qam", "One is one")
        (self.tree / "station/three.h").write_text("int three;\n")  # not committed yet
        said, analysed = self.lint()
        self.assertEqual(analysed, [["station/one.cpp", "station/three.h"]], said)

    def test_looksIntoThePartsOfItself(self):
        real = shutil.which("shellcheck")
        self.assertIsNotNone(real, "shellcheck is needed")
        shutil.copytree(ROOT / ".ci", self.tree / ".ci", dirs_exist_ok=True)
        (self.folder / "tools/shellcheck").unlink()
        (self.folder / "tools/shellcheck").symlink_to(real)
        self.assertIn("shellcheck: ok", self.lint()[0])
        with open(self.tree / "cmake/dev/building.sh", "a", encoding="utf-8") as part:
            part.write('remove() { rm -rf $1; }\n')
        status, said = self.dev("lint", root=self.tree)
        self.assertEqual(status, 1, said)
        self.assertIn("In cmake/dev/building.sh line", said)

    def test_analysesEverythingWhenAsked(self):
        self.assertEqual(self.lint("--all")[1], [["station/one.cpp", "station/two.cpp"]])


if __name__ == "__main__":
    unittest.main()

"""What `./dev lint` looks at, and what it makes of the answers."""
import json
import shutil
import subprocess
import unittest

from dev_tree import ROOT, TreeTest


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


class Tidy(TreeTest):
    """cmake/tidy.py on a tree with one source that was built."""

    def tidy(self, clang_tidy):
        source = str(self.tree / "station/one.cpp")
        (self.tree / "build").mkdir(exist_ok=True)
        (self.tree / "build/compile_commands.json").write_text(json.dumps(
            [{"file": source, "directory": str(self.tree), "command": f"c++ -o one.o -c {source}"}]))
        (self.tree / ".clang-tidy").write_text("")
        self.write(self.folder / "tools/ninja", "#!/bin/sh\nprintf 'one.o: #deps 0\\n'\n"
                   f"printf '    %s\\n' '{source}'\n")
        self.write(self.folder / "tools/clang-tidy", f"#!/bin/sh\n{clang_tidy}\n")
        done = subprocess.run(["python3", "-B", ROOT / "cmake/tidy.py", "build", "station/one.cpp"],
                              cwd=self.tree, env=self.environment, stdout=subprocess.PIPE, text=True,
                              check=False)
        return done.returncode, done.stdout

    def test_whatWasCleanIsNotLookedAtAgain(self):
        self.assertEqual(self.tidy("exit 0"), (0, ""))
        self.assertEqual(self.tidy("echo complaint; exit 1"), (0, ""))

    def test_complaintsAreTold(self):
        self.assertEqual(self.tidy("echo complaint; exit 1"), (1, "complaint\n"))

    def test_anAnalysisThatCrashedIsTold_andIsNotClean(self):
        for _ in range(2):
            status, said = self.tidy("echo deep in a template >&2; kill -SEGV $$")
            self.assertEqual(status, 1, said)
            self.assertIn("station/one.cpp: clang-tidy was ended by SIGSEGV", said)
            self.assertIn("deep in a template", said)
        status, said = self.tidy("echo 'no such check' >&2; exit 3")
        self.assertEqual((status, said), (1, "station/one.cpp: clang-tidy ended with 3\nno such check\n"))


if __name__ == "__main__":
    unittest.main()

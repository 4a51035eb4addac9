"""The page on setting up a station, typed into a shell from top to bottom."""

import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "config/demo"))
from free_port import free_port  # noqa: E402

PAGE = SOURCE / "station/SETUP.md"
REPORT = "station/reports/demo-0001.status.json"


def chapters():
    """{heading: the commands under it}, as they stand."""
    found = {}
    for chapter in PAGE.read_text().split("\n## ")[1:]:
        heading, _, text = chapter.partition("\n")
        found[heading] = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    return found


class Shell:
    """A shell in an empty home, at a terminal; what fails in it is told by name."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="zh-"))
        self.output = self.home / "terminal"
        bare = {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
        self.terminal, own = pty.openpty()
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(["bash"], env=bare, cwd=SOURCE, stdin=subprocess.PIPE,
                                            stdout=output, stderr=subprocess.STDOUT, text=True,
                                            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(
                                                own, termios.TIOCSCTTY, 0))
        os.close(own)
        self.type("""trap 'echo "FAILED: $BASH_COMMAND"' ERR""")
        self.typed = 0

    def type(self, commands, seconds=60):
        """What the shell said to them, once it is ready for more."""
        before = len(self.said())
        self.process.stdin.write(f"{commands}\necho typed-$((40 + 2))\n")
        self.process.stdin.flush()
        self.await_that(lambda: "typed-42" in self.said()[before:], commands, seconds)
        return self.said()[before:]

    def said(self):
        return self.output.read_text(errors="replace")

    def await_that(self, holds, what, seconds=60):
        latest = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > latest:
                raise AssertionError(f"waited {seconds} s for {what}; the shell said:\n{self.said()}")
            time.sleep(0.05)

    def close(self):
        try:
            self.type("kill $(jobs -p) && wait", 30)
        finally:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process.stdin.close()
            os.close(self.terminal)
            shutil.rmtree(self.home, ignore_errors=True)


class SetupPage(unittest.TestCase):
    def test_leadsFromAnEmptyFolderToALetter(self):
        self.shell = Shell()
        self.addCleanup(self.shell.close)
        self.port, self.api_port = str(free_port()), str(free_port())
        for heading, blocks in chapters().items():
            for commands in blocks:
                self.follow(heading, commands)
        self.expect_asked_by_clients()
        failed = [line for line in self.shell.said().splitlines() if line.startswith("FAILED")]
        self.assertEqual(failed, ["FAILED: zegel check config/examples/batch.json"],
                         self.shell.said())
        pdf, = (self.shell.home / "letters").glob("*.pdf")
        self.assertIn("live codes", os.read(self.shell.terminal, 4096).decode(), "it asked")
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True,
                              check=True).stdout
        self.assertRegex(text, r"\s{3}\d{3} \d{3}\n")
        self.assertTrue((self.shell.home / "ledger.backup").exists())

    def follow(self, heading, commands):
        """As a person does: with what was made before put in, and patience."""
        commands = commands.replace("./dev build\n", "true\n").replace("8829", self.port)
        commands = commands.replace("8443", self.api_port).replace(
            "/^client_crl/d", f"/^client_crl/d; s/8443/{self.api_port}/")
        commands = commands.replace("build/release/bin", os.environ["ZEGEL_PROGRAMS"]).replace(
            "$PWD//", "/")
        if "NUMBER" in commands:  # of two cards, as what follows is for more than one
            commands = "\n".join(commands.replace("NAME", order["certificateName"]).replace(
                "NUMBER", order["certificateNumber"]) for order in self.orders()[:2])
        if "LETTER" in commands:
            letter = min((self.shell.home / "fetched").glob("*.letter")).stem
            commands = commands.replace("LETTER", letter)
            os.write(self.shell.terminal, b"yes\n")
        ready = self.shell.said().count("is ready")
        said = self.shell.type(commands)
        if "sed " in commands:  # the CA's address, as a person would edit it
            settings = self.shell.home / "station/station.toml"
            settings.write_text(settings.read_text().replace("8829", self.port))
        if "zegel-station" in commands:
            self.shell.await_that(lambda: self.shell.said().count("is ready") > ready, "the station")
        if "first.json" in commands:
            self.shell.await_that(self.made, "five cards", 90)
        if "zegel receipt" in commands:
            self.assertEqual(len(re.findall("^accepted", said, re.MULTILINE)), 2, said)

    def expect_asked_by_clients(self):
        """One that has its role by its name, and one by its fingerprint."""
        log = (self.shell.home / "station/log/api.log").read_text()
        asked = [(line["client"], line["status"]) for line in map(json.loads, log.splitlines())
                 if line.get("path") == "/v1/approvals"]
        self.assertEqual(asked, [("supervisor", 200), ("administrator", 200)], log)

    def orders(self):
        file = self.shell.home / REPORT
        return json.loads(file.read_text())["orders"] if file.exists() else []

    def made(self):
        return sum(order["state"] == "produced" for order in self.orders()) == 5


if __name__ == "__main__":
    unittest.main()

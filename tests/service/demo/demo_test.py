"""Whatever ends the demo, nothing of it stays; and what `--keep` leaves can be used as it says."""

import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from demo_run import DemoRun, processes_of

AT_WORK = "lays batch"  # everything has been started
KEPT = "Press Ctrl-C to end."


class DemoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="zd-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    @classmethod
    def start(cls, *words, clean=None, **how):
        run = DemoRun(cls.folder, *words, **how)
        (clean or cls.addClassCleanup)(run.close)
        return run

    def assertNoProcess(self, run, seconds=20):
        run.await_that(lambda: not processes_of(run.house), f"the end of {processes_of(run.house)}",
                       seconds)

    def assertNothingLeft(self, run):
        self.assertEqual(processes_of(run.house), {}, "processes")
        self.assertFalse(run.house.exists(), "the house")


class Endings(DemoTest):
    def at_work(self, **how):
        run = self.start("--keep", clean=self.addCleanup, **how)
        run.await_words(AT_WORK)
        self.assertGreaterEqual(len(processes_of(run.find_house())), 7, "all of them are at work")
        return run

    def test_aSignalStopsAllThatWasStarted(self):
        for end, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(end.name):
                run = self.at_work()
                self.assertEqual(run.end(end), status, run.said())
                self.assertNothingLeft(run)
                self.assertNotIn("Traceback", run.said())
                self.assertEqual(list(self.folder.glob("*/house")), [], "names a folder that is gone")

    def test_aTerminalThatIsClosedStopsAllThatWasStarted(self):
        run = self.at_work(terminal=True)
        os.close(run.terminal)
        run.terminal = None
        run.process.wait(timeout=60)
        self.assertNothingLeft(run)

    def test_aDemoThatIsKilledLeavesNoProcess_andTheNextRemovesItsHouse(self):
        killed = self.at_work()
        killed.end(signal.SIGKILL)
        self.assertNoProcess(killed)
        self.assertTrue(killed.house.exists(), "nobody was there to remove it")
        following = self.start(clean=self.addCleanup)
        following.await_that(lambda: not killed.house.exists(), "the old house to go")
        self.assertEqual(following.end(), 143)

    def test_aReaderWhoGoesAwayEndsIt(self):
        pipe, end = os.pipe()
        run = subprocess.Popen([str(pathlib.Path(__file__).parents[3] / "config/demo/run")],
                               stdout=end, stderr=subprocess.PIPE, text=True,
                               env=dict(os.environ, ZEGEL_DEMO_FOLDER=str(self.folder)))
        os.close(end)
        os.read(pipe, 1)
        os.close(pipe)
        _, complaint = run.communicate(timeout=60)
        self.assertEqual((run.returncode, complaint), (141, ""))

    def test_wordsItDoesNotKnowStartNothing(self):
        for words, status in ((["--kep"], 2), (["--help"], 0)):
            run = self.start(*words, clean=self.addCleanup)
            self.assertEqual(run.process.wait(timeout=10), status)
            self.assertIn("usage: ./dev demo [--keep]", run.said())


class Kept(DemoTest):
    """One house; the tests take it apart in the order of their names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A shell that stays, so that its end can be seen to end the demo.
        cls.run_ = cls.start("--keep", before=("sh", "-c", '"$@"; true', "sh"))
        cls.said = cls.run_.await_words(KEPT, 90)
        cls.house = cls.run_.find_house()
        steps = cls.said[cls.said.index("in another terminal:"):]
        cls.exports = re.findall(r"^  (export .*)$", steps, re.MULTILINE)
        cls.commands = re.findall(r"^  ((?!export).+)$", steps, re.MULTILINE)

    def terminal(self, command):
        """A new one, into which the command was pasted."""
        bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.Popen(["bash", "-c", "\n".join([*self.exports, command])], env=bare,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, cwd="/", start_new_session=True)

    def paste(self, command):
        """(exit status, what it said)"""
        with self.terminal(command) as run:
            try:
                text, _ = run.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGTERM)
                raise
        return run.returncode, text.decode(errors="replace")

    def paste_until(self, words, command, seconds=30):
        """The lines it said up to that with the words, of a command that does not end by itself."""
        latest = time.monotonic() + seconds
        said = b""
        with self.terminal(command) as run:
            try:
                while words not in said.decode(errors="replace").rpartition("\n")[0]:
                    left = latest - time.monotonic()
                    if left <= 0 or not select.select([run.stdout], [], [], left)[0]:
                        self.fail(f"waited {seconds} s for '{words}'; it said:\n{said.decode()}")
                    piece = os.read(run.stdout.fileno(), 65536)
                    self.assertTrue(piece, f"it ended without '{words}':\n{said.decode()}")
                    said += piece
            finally:
                os.killpg(run.pid, signal.SIGTERM)
        return said.decode().rpartition("\n")[0]

    def command(self, beginning):
        return next(each for each in self.commands if each.startswith(beginning))

    def letters(self, place="demo"):
        return sorted((self.folder / place / "letters").glob("*.pdf"))

    def test_0_itTellsOfCardsSentReceiptsLettersALoanAndARevocation(self):
        for words, times in ((r"^  zegel dispatch demo-0001-01 --track \S+ --loan-reader \S+$", 1),
                             (r"^    order demo-0001-0\d: dispatched$", 3),
                             (r"^    -> accepted: ", 2), (r"^    -> refused: ", 1),
                             (r"^    [0-9A-F]{20}  whole$", 2),  # of the printer
                             (r"^    CR-2026-0042 +reader +demo-0001-01 ", 1),
                             (r"^    nothing is on loan$", 1),
                             (r"^    [0-9A-F]{30,40}  Key Compromise$", 3)):  # of openssl crl
            with self.subTest(words):
                self.assertEqual(len(re.findall(words, self.said, re.MULTILINE)), times, self.said)

    def test_1_everyCommandItPrintsWorksAsItStands(self):
        expected = {"zegel status": "demo-0001-06", "zegel readers": "Zegel Virtual Token",
                    "zegel audit": "the certificate manager", "zegel receipt": "accepted",
                    "curl http:": "zegel.batch.accepted", "opensc-tool": "Zegel Virtual Card Reader",
                    "pkcs11-tool --list-objects": "Certificate Object", "zegel-hwsim list": "hopper",
                    "zegel revoke": "waits for a second person", "zegel approvals": "revoke-card",
                    "zegel dispatch": "dispatched", "zegel loans": "CR-MINE-1",
                    "SOFTHSM2_CONF=": "1 printed, 0 uncertain, 0 refused", "ls -t": ".pdf",
                    "zegel-hwsim pull": ""}
        for beginning, answer in expected.items():
            with self.subTest(beginning):
                status, text = self.paste(self.command(beginning))
                self.assertEqual(status, 0, text)
                self.assertIn(answer, text)
        text = self.paste_until('"zegel.letter.released"', self.command("curl -N"))
        told = [json.loads(line) for line in re.findall(r"^data: (.*)$", text, re.MULTILINE)]
        self.assertIn("zegel.letter.released", [event["type"] for event in told])
        tried = {*expected, "curl -N", "pkcs11-tool --login"}
        self.assertEqual([command for command in self.commands
                          if not any(command.startswith(each) for each in tried)], [])

    def test_2_theCardOpensWithThePinFromItsLetter(self):
        order = re.search(r"# the card of (\S+)", self.said)[1]
        letter = re.search(rf"^  {order}  (\S+\.pdf)$", self.said, re.MULTILINE)[1]
        text = subprocess.run(["pdftotext", "-layout", letter, "-"], check=True,
                              capture_output=True, text=True).stdout
        pin = re.search(r"\s{3}(\d{3} \d{3})$", text, re.MULTILINE)[1].replace(" ", "")
        status, text = self.paste(self.command("pkcs11-tool --login") + f" --pin {pin}")
        self.assertEqual(status, 0, text)
        self.assertIn("Private Key Object", text)

    def test_3_anotherDemoLeavesItsLettersAlone(self):
        before = self.letters()
        self.assertEqual(len(before), 2)
        other = self.start()
        self.assertEqual(other.process.wait(timeout=90), 0, other.said())
        self.assertEqual(self.letters(), before)
        self.assertEqual(len(self.letters("demo-2")), 2)

    def test_4_pcscdThatEndsIsTold(self):
        self.paste("zegel-hwsim service kill")
        self.run_.await_words("pcscd ended, and all its readers with it. `zegel-hwsim service start`")
        self.assertEqual(self.paste("zegel-hwsim service start")[0], 0)
        self.run_.await_words("pcscd is there again.")

    def test_4_theProcessAtTheReadersThatEndsIsTold(self):
        at_readers = next(pid for pid, words in processes_of(self.house).items()
                          if "zegel-readers" in words)
        os.kill(at_readers, signal.SIGKILL)
        self.run_.await_words(f"zegel-readers (process {at_readers}), which the station has at its "
                              "readers, ended")

    def test_5_anOrderSystemThatDiesStartsAgainAsTold(self):
        orders = next(pid for pid, words in processes_of(self.house).items()
                      if "zegel-hwsim orders" in words)
        os.kill(orders, signal.SIGKILL)
        self.run_.await_words(f"the simulated order system (process {orders}) was ended by SIGKILL.")
        self.run_.await_that(
            lambda: re.search(r"^  (\S*zegel-hwsim orders .*)$", self.run_.said(), re.MULTILINE),
            "how to start it again")
        again = re.search(r"^  (\S*zegel-hwsim orders .*)$", self.run_.said(), re.MULTILINE)[1]
        self.paste_until("orders ready on " + re.search(
            r"curl (http://[^/]+)/received", self.said)[1], again)

    def test_5_aStationThatDiesIsTold_andStartsAgainAsTold(self):
        station = next(pid for pid, words in processes_of(self.house).items()
                       if "zegel-station" in words)
        os.kill(station, signal.SIGKILL)
        said = self.run_.await_words("To start it again")
        self.assertIn(f"the station (process {station}) was ended by SIGKILL.", said)
        self.assertRegex(said, r"log/station.log ends with:\n  .*\n")
        again = re.search(r"^  (\S*zegel-station .*)$", said, re.MULTILINE)[1]
        self.paste_until("is ready", again)

    def test_6_soDoesTheCa_whereTheStationLooksForIt(self):
        settings = (self.house / "station.toml").read_text()
        address = re.search(r"http://127.0.0.1:\d+", settings)[0]
        authority = next(pid for pid, words in processes_of(self.house).items()
                         if "zegel-hwsim authority" in words)
        os.kill(authority, signal.SIGKILL)
        self.run_.await_words(f"the simulated CA (process {authority}) was ended by SIGKILL.")
        said = self.run_.await_words(f"--port {address.rpartition(':')[2]}\n")
        again = re.search(r"^  (\S*zegel-hwsim authority .*)$", said, re.MULTILINE)[1]
        self.paste_until(address, again)
        kept = self.terminal(again)
        for cleaning in (kept.wait, kept.stdout.close):
            self.addClassCleanup(cleaning)
        self.assertIn(address.encode(), kept.stdout.readline())
        # It goes on: the end of the demo, which the last test looks at, is its end too.

    def test_7_theEndOfWhoeverStartedItEndsIt_andTheLogsAreKept(self):
        self.run_.end(signal.SIGKILL)  # the shell, not the demo
        self.run_.await_words("The logs of this house are kept in", 60)
        self.assertNoProcess(self.run_)
        self.assertFalse(self.house.exists(), "the house")
        self.assertIn("is ready", (self.folder / "demo/log/station.log").read_text())


if __name__ == "__main__":
    unittest.main()

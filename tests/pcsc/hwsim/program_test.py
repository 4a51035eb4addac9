"""zegel-hwsim as people and scripts use it."""

import os
import select
import signal
import subprocess
import unittest

from virtual_bench import HWSIM, VirtualBench, found


def ended(process_id, seconds=60):
    """Waits until the process is gone."""
    try:
        descriptor = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


class Program(unittest.TestCase):
    def bench(self, *names, **how):
        bench = VirtualBench(*names, **how)
        self.addCleanup(bench.close)
        return bench

    def test_moves_cards_between_readers_hopper_and_stack(self):
        bench = self.bench("Left", "Right", options=("--load", "Left:2:5.7"))
        first = found(r"Left 00 00\n   card    ([\w-]+)", bench.hwsim("list"))
        self.assertIn("hopper  1", bench.hwsim("list"))
        bench.hwsim("eject", "Left")
        listed = bench.hwsim("list")
        self.assertNotIn(f"card    {first}", listed)
        self.assertIn(f"stack   {first}", listed)
        bench.hwsim("insert", "Right 01 00", first)
        self.assertIn(f"Right 01 00\n   card    {first}", bench.hwsim("list"))
        bench.hwsim("pull", "1")
        self.assertIn("Left 00 00\n   card    none", bench.hwsim("list"))

    def test_a_shell_reads_its_file_as_a_program_reads_its_output(self):
        bench = self.bench("Left", folder="zegel\\bench-")  # of a shell's letters pcscd takes this one
        self.assertEqual(bench.environment["ZEGEL_BENCH"], str(bench.directory))
        read = subprocess.run(["sh", "-c", "set -a; . ./environment; env"], cwd=bench.directory,
                              stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        for name in ("ZEGEL_BENCH", "PCSCLITE_CSOCK_NAME"):
            self.assertIn(f"{name}={bench.environment[name]}", read)

    def test_says_why_it_refuses(self):
        bench = self.bench("Left")
        for words, why in ((("insert", "1", "nothing"), "there is no chip file nothing"),
                           (("pull", "1"), "there is no card in reader Left"),
                           (("pull", "7"), 'there is no reader "7"'),
                           (("load", "1", "two", "5.7"), "the count has to be a number"),
                           (("load", "1", "2", "9.9"), 'there is no chip model "9.9"'),
                           (("service", "dance"), "service wants start, stop, kill or pid"),
                           (("list", "all"), "list wants no word behind it"),
                           (("stop", "now"), "stop wants no word behind it"),
                           (("load", "1", "2", "5.7", "7", "8"), "load wants READER COUNT MODEL"),
                           (("orders", "now"), '"now" is not expected here'),
                           (("mute", "1", "yes"), "mute wants on or off, not yes"),
                           (("dance",), 'there is no command "dance"')):
            self.assertIn(why, bench.refused(HWSIM, *words))

    def test_explains_every_command_and_tells_its_version(self):
        for words, said in ((("--help",), "mute"), (("help",), "mute"), (("-h",), "mute"),
                            (("list", "--help"), "usage: zegel-hwsim list"),
                            (("help", "mute"), "READER on|off"), (("mute", "-h"), "READER on|off"),
                            (("bench", "--help"), "--rest MILLISECONDS"),
                            (("help", "bench"), "the hopper's next one in"),
                            (("chip", "--help"), "chip show FILE"),
                            (("authority", "-h"), "--misbehave"), (("help", "orders"), "--inbox"),
                            (("--version",), "zegel-hwsim ")):
            with self.subTest(words=words):
                done = subprocess.run([HWSIM, *words], stdout=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 0)
                self.assertIn(said, done.stdout)

    def test_ends_with_2_when_it_was_used_wrongly_and_with_1_when_the_bench_says_no(self):
        bench = self.bench("Left")
        for words, status in ((("dance",), 2), ((), 2), (("list", "--wide"), 2), (("chip",), 2),
                              (("orders", "--directory", "x"), 2), (("pull", "7"), 1),
                              (("mute", "1", "yes"), 2), (("service", "bogus"), 2), (("load", "2", "1"), 2),
                              (("load", "1", "x", "5.7"), 2), (("pull",), 2), (("list", "x"), 2),
                              (("load", "1", "1", "5.7", "x"), 2), (("load", "7", "1", "5.7"), 1),
                              (("list", "--directory", "/nowhere"), 1)):
            with self.subTest(words=words):
                done = subprocess.run([HWSIM, *words], env=bench.environment,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.assertEqual(done.returncode, status)

    def test_a_second_bench_in_the_same_directory_is_refused(self):
        bench = self.bench("Left")
        said = bench.refused(HWSIM, "bench", "--directory", str(bench.directory))
        self.assertIn("another bench works in", said)
        bench.hwsim("list")

    def test_leaves_only_the_cards_when_it_is_asked_to_end(self):
        for how in ("stop", "SIGTERM"):
            with self.subTest(how=how):
                bench = self.bench("Left", options=("--load", "1:1:5.4"))
                pcscd = int(bench.hwsim("service", "pid"))
                if how == "stop":
                    bench.hwsim("stop")
                else:
                    bench.process.send_signal(signal.SIGTERM)
                self.assertEqual(bench.process.wait(timeout=60), 0)
                self.assertTrue(ended(pcscd, 0))
                self.assertEqual(os.listdir(bench.directory), ["chips"])

    def test_takes_its_pcscd_along_when_it_is_killed_and_starts_again_there(self):
        bench = self.bench("Left", options=("--load", "1:1:5.4"))
        pcscd = int(bench.hwsim("service", "pid"))
        card = found(r"card    ([\w-]+)", bench.hwsim("list"))
        bench.process.kill()
        bench.process.wait(timeout=60)
        self.assertTrue(ended(pcscd))
        again = subprocess.Popen([HWSIM, "bench", "--directory", bench.directory],
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(again.stdout.close)
        self.addCleanup(again.wait)
        self.addCleanup(again.terminate)
        again.stdout.readline()
        bench.hwsim("insert", "1", card)

    def test_shows_a_chip_without_its_secrets(self):
        bench = self.bench("Left")
        bench.hwsim("chip", "new", "one.chip", "--model", "5.7", "--serial", "4711")
        bench.hwsim("load", "1", "1", "5.7", "4711")
        self.assertIn("card    piv-00001267,", bench.hwsim("list"), "as the station calls it")
        self.assertIn("serial      4711", bench.hwsim("chip", "show", bench.directory /
                                                      "chips/piv-00001267.chip"))
        bench.hwsim("pull", "1")
        bench.hwsim("insert", "1", "4711")
        shown = bench.hwsim("chip", "show", "one.chip")
        self.assertIn("file        one.chip", shown)
        self.assertIn("serial      4711", shown)
        self.assertIn("PIN         3 of 3 tries left, the factory's", shown)
        self.assertIn("management  algorithm 0A, the factory's", shown)
        self.assertNotIn("313233343536", shown)
        self.assertIn("is there already", bench.refused(HWSIM, "chip", "new", "one.chip"))


if __name__ == "__main__":
    unittest.main()

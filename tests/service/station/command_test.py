"""What operators ask at the command line, and what they are told."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import unittest

from station_house import PROGRAMS, StationTest, batch_of

BY = ("--by", "T. Ester")
WHY = ("--why", "agreed on the telephone")


def said_by(program, *words, environment=None):
    """(exit status, standard output, standard error)"""
    environment = dict(environment or os.environ, LC_ALL="C.UTF-8")
    done = subprocess.run([str(PROGRAMS / program), *map(str, words)], env=environment, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


class Usage(unittest.TestCase):
    """Without any station."""

    def test_every_program_explains_itself_and_tells_its_version(self):
        for program in ("zegel", "zegel-station", "zegel-readers", "zegel-pinmailer", "zegel-hwsim"):
            for word in ("--help", "-h", "--version"):
                with self.subTest(program=program, word=word):
                    status, out, _ = said_by(program, word)
                    self.assertEqual(status, 0)
                    self.assertTrue(out.startswith(program), out)
            self.assertRegex(said_by(program, "--version")[1], rf"^{program} \d+\.\d+\.\d+\n$")

    def test_without_words_nothing_is_done(self):
        for program in ("zegel", "zegel-readers", "zegel-pinmailer", "zegel-hwsim"):
            with self.subTest(program):
                status, out, err = said_by(program)
                self.assertEqual((status, out), (2, ""))
                self.assertIn(program, err)

    def test_help_of_one_command_is_about_that_command(self):
        for words in (("help", "receipt"), ("receipt", "--help"), ("receipt", "-h"),
                      ("receipt", "--name", "x", "--help")):
            with self.subTest(words):
                status, out, _ = said_by("zegel", *words)
                self.assertEqual(status, 0)
                self.assertIn("zegel receipt --name NAME --number NUMBER --by WHO", out)
                self.assertNotIn("zegel audit", out)
        self.assertIn("3 no station is running", said_by("zegel", "help")[1])

    def test_a_station_without_settings_says_where_they_are_named(self):
        environment = {name: value for name, value in os.environ.items() if name != "ZEGEL_SETTINGS"}
        for program, words in (("zegel-station", ()), ("zegel", ("status",))):
            status, _, err = said_by(program, *words, environment=environment)
            self.assertEqual(status, 1, err)
            for word in ("--settings FILE", "ZEGEL_SETTINGS", "[setting-unusable]"):
                self.assertIn(word, err)

    def test_wrong_use_is_named_and_ends_with_2(self):
        for words, why in (
                (("stauts",), 'unknown command "stauts"; did you mean status?'),
                (("help", "recieve"), 'unknown command "recieve"'),
                (("help", "status", "now"), '"now" is not expected here'),
                (("status", "a", "b"), '"b" is not expected here'),
                (("readers", "x"), '"x" is not expected here'),
                (("check", "x", "y"), '"y" is not expected here'),
                (("audit", "x"), '"x" is not expected here'),
                (("receipt", "x"), '"x" is not expected here'),
                (("house", "x"), '"x" is not expected here'),
                (("order", "release", "ORD-1", "x"), '"x" is not expected here'),
                (("reader", "free", "R", "x"), '"x" is not expected here'),
                (("order", "relaese", "ORD-1"), 'unknown act "relaese"; did you mean release?'),
                (("reader", "fre", "R"), 'unknown act "fre"; did you mean free?'),
                (("doubt", "isued", "T"), 'unknown finding "isued"; did you mean issued?'),
                (("order",), "act is missing; choose hold, release or cancel"),
                (("order", "hold"), "say which order"),
                (("order", "hold", "ORD-1"), "--by is missing"),
                (("order", "hold", "ORD-1", "--by", ""), "--by is empty"),
                (("receipt", "--name", "--number", "1"), "--name needs a value"),
                (("status", "--jsn"), "did you mean --json?")):
            with self.subTest(words):
                status, out, err = said_by("zegel", *words)
                self.assertEqual((status, out), (2, ""), err)
                self.assertIn(why, err)
                self.assertNotIn("asked-", err)
        status, _, err = said_by("zegel-station", "now")
        self.assertEqual(status, 2, err)
        self.assertIn('"now" is not expected here', err)


class Answers(StationTest):
    """No PC/SC service runs: orders wait."""

    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.set(url=house.authority_url + "/cmp")
        cls.before_the_first_start = said_by("zegel", "status", environment=house.environment)
        house.start_station()

    def zegel(self, *words):
        return said_by("zegel", *words, environment=self.house.environment)

    def taken(self, batch):
        self.await_that(lambda: self.house.report(batch), f"batch {batch}")

    def test_before_the_first_start_there_is_no_station_to_ask(self):
        status, _, err = self.before_the_first_start
        self.assertEqual(status, 3, err)
        self.assertIn("start zegel-station", err)

    def test_a_refusal_ends_with_1_and_with_its_word(self):
        status, out, _ = self.zegel("receipt", "--name", "TRIAL", "--number", "ZG-2026-000001-01", *BY)
        self.assertEqual(status, 1)
        self.assertRegex(out, r"^refused: no card has the number .*\[request-refused\]\n$")
        status, _, err = self.zegel("status", "nobatch")
        self.assertEqual(status, 1)
        self.assertIn("no batch and no order nobatch is known", err)
        status, out, _ = self.zegel("order", "hold", "nobody", *BY, *WHY)
        self.assertEqual(status, 1)
        self.assertRegex(out, r"^refused: .*nobody.*\[request-refused\]\n$")

    def test_what_is_refused_is_told_without_the_station_s_own_file(self):
        status, out, _ = self.zegel("receipt", "--name", "x" * 200, "--number", "1", *BY)
        self.assertEqual(status, 1)
        self.assertRegex(out, r"^refused: name: .*\[order-unusable\]\n$")
        self.assertNotIn("asked-", out)
        self.assertNotIn("line ", out)

    def test_without_a_station_the_question_waits_for_the_next(self):
        self.house.end("station")
        began = time.monotonic()
        status, _, err = self.zegel("receipt", "--id", "early", "--name", "TRIAL", "--number",
                                    "ZG-2026-000001-01", *BY)
        self.assertEqual(status, 3, err)
        self.assertLess(time.monotonic() - began, 10, "nobody is waited for")
        self.assertIn("no station is running", err)
        _, _, hold = self.zegel("order", "hold", "nosuch", *BY, *WHY)
        refusal = pathlib.Path(re.search(r"when it is refused, (\S+)", hold)[1])
        self.assertEqual(self.zegel("status")[0], 3)
        self.house.start_station()
        answer = self.house.folder / "reports/receipts/early.json"
        self.await_that(answer.exists, "the answer")
        self.assertFalse(json.loads(answer.read_text())["accepted"])
        self.await_that(refusal.exists, "the refusal")
        self.assertIn("no order nosuch is known", refusal.read_text())

    def test_a_station_that_hangs_is_not_taken_for_wrong_use(self):
        self.house.station.send_signal(signal.SIGSTOP)
        self.addCleanup(self.house.station.send_signal, signal.SIGCONT)
        status, _, err = self.zegel("receipt", "--name", "TRIAL", "--number", "1", *BY)
        self.assertEqual(status, 1, err)
        self.assertIn("has not answered within 20 s", err)
        self.assertIn("do not ask again", err)

    def test_a_batch_is_held_against_the_ledger_before_it_is_sent(self):
        file = self.house.folder / "to-check.json"
        file.write_bytes(batch_of("checked", 2))
        status, out, err = self.zegel("check", file)
        self.assertEqual((status, out), (0, "batch checked: 2 orders can be made, 0 cannot\n"), err)
        self.house.send_batch(file.read_bytes(), "checked.json")
        self.taken("checked")
        status, out, _ = self.zegel("check", "--batch", file)
        self.assertEqual(status, 1)
        self.assertIn("batch checked was accepted before, with just this content", out)
        file.write_bytes(batch_of("checked", 3))
        self.assertIn("was accepted before with other content", self.zegel("check", file)[1])
        content = json.loads(batch_of("checked-too", 2))
        content["orders"][0]["order"] = "checked-01"
        file.write_text(json.dumps(content))
        status, out, _ = self.zegel("check", file)
        self.assertEqual(status, 1)
        self.assertIn("batch checked-too: 1 order can be made, 1 cannot\n", out)
        self.assertIn("order checked-01 was accepted before, in batch checked", out)
        self.assertIsNone(self.house.report("checked-too"), "nothing was taken")

    def test_check_says_so_when_there_is_no_ledger_to_ask(self):
        file = self.house.folder / "alone.json"
        file.write_bytes(batch_of("alone", 1))
        other = self.house.folder / "elsewhere.toml"
        other.write_text((self.house.folder / "station.toml").read_text().replace(
            '"ledger/station.sqlite"', '"nowhere/station.sqlite"'))
        status, out, err = self.zegel("check", file, "--settings", other)
        self.assertEqual(status, 0, err)
        self.assertIn("only the file was checked", out)
        self.assertFalse((self.house.folder / "nowhere").exists())
        self.assertIn(str(other), self.zegel("check", "--settings", other)[1])

    def test_status_tells_of_what_waits_for_a_person(self):
        content = json.loads(batch_of("persons", 3))
        content["orders"][0]["subject"]["group"] = "Zonder TRIAL ervoor"
        self.house.send_batch(json.dumps(content).encode(), "persons.json")
        self.house.send_batch(b'{"batch": "torn', "torn.json")
        self.taken("persons")
        self.house.refusal("torn.json")
        status, out, err = self.zegel("order", "hold", "persons-02", *BY, *WHY)
        self.assertEqual((status, out), (0, "accepted: order persons-02 is on hold\n"), err)
        self.await_that(lambda: self.house.order("persons", 2)["state"] == "on-hold", "the hold")
        for words in ((), ("persons",), ("persons-02",)):
            self.assertIn("zegel order release persons-02 --by WHO --why TEXT",
                          self.zegel("status", *words)[1], words)
        status, out, _ = self.zegel("status", "persons-01")
        self.assertEqual(status, 0)
        self.assertIn("order persons-01 of batch persons: rejected", out)
        self.assertIn("TRIAL", out)
        self.assertIn("sent again under a new id", out)
        self.assertEqual(json.loads(self.zegel("status", "persons-01", "--json")[1])["state"],
                         "rejected")
        out = self.zegel("status")[1]
        kept = self.house.folder / "inbox/batches/refused/torn.json"
        self.assertRegex(out, r"1 batch file refused[^\n]*\n  torn.json, line 1: .*\n")
        self.assertIn(f"lies in {kept}\n", out)
        self.assertNotIn("batch file", self.zegel("status", "persons")[1])
        kept.unlink()
        self.assertNotIn("torn.json", self.zegel("status")[1])
        self.assertLessEqual(max(map(len, out.splitlines())), 200)

    def test_batches_stand_apart(self):
        self.house.send_orders("apart-1", 1)
        self.house.send_orders("apart-2", 1)
        self.taken("apart-1")
        self.taken("apart-2")
        self.assertIn("\n\nbatch apart-2", self.zegel("status")[1])


if __name__ == "__main__":
    unittest.main()

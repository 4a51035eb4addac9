"""What operators ask at the command line, and what they are told."""

import json
import os
import pathlib
import pty
import re
import shlex
import shutil
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
        for words in (("help",), ("help", "letters"), ("help", "revoke")):
            self.assertIn("the file in ZEGEL_AS", said_by("zegel", *words)[1])
        self.assertRegex(said_by("zegel", "help", "revoke")[1], r"keyCompromise,\s+")
        self.assertNotIn("ZEGEL_AS", said_by("zegel", "help", "status")[1])

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
                (("audit", "verfy"), 'unknown act "verfy"; did you mean verify?'),
                (("audit", "verify", "x"), '"x" is not expected here'),
                (("receipt", "x"), '"x" is not expected here'),
                (("house", "x"), '"x" is not expected here'),
                (("order", "release", "ORD-1", "x"), '"x" is not expected here'),
                (("reader", "free", "R", "x"), '"x" is not expected here'),
                (("order", "relaese", "ORD-1"), 'unknown act "relaese"; did you mean release?'),
                (("reader", "fre", "R"), 'unknown act "fre"; did you mean free?'),
                (("doubt", "isued", "T"), 'unknown finding "isued"; did you mean issued?'),
                (("order",), "say which order, or what to do with one: hold, release, cancel or reject"),
                (("order", "hold"), "say which order"),
                (("order", "hold", "ORD-1"), "--by is missing"),
                (("order", "hold", "ORD-1", "--by", ""), "--by is empty"),
                (("receipt", "--name", "--number", "1"), "--name needs a value"),
                (("status", "--jsn"), "did you mean --json?"),
                (("batch",), "say which batch"), (("batch", "send"), "say which file"),
                (("batch", "hold"), "say which batch: zegel batch hold BATCH"),
                (("batch", "cancel", "B", "--by", "me"), "--why is missing"),
                (("batch", "hold", "B", "--follow"), "--follow and --json show a batch"),
                (("batch", "send", "F", "--follow"), "zegel batch BATCH --follow"),
                (("letter", "reprint"), "say which letter"),
                (("letter",), "say which letter, or what to do with one: reprint, reissue, abandoned or returned"),
                (("letter", "reissue", "L", "--unseen", "--why", "lost"),
                 "--unseen belongs to zegel letter reprint only"),
                (("letter", "returned", "L", "--found", "spoiled", "--why", "lost"),
                 "--found belongs to zegel letter abandoned only"),
                (("letter", "returned"), "say which letter came back"),
                (("dispatch",), "say which order"), (("returned",), "say whose card came back"),
                (("loan", "returned"), "say what came back"),
                (("card",), "say which card, or what to do with one: unblocked or destroyed"),
                (("card", "destroyed"), "say which card"),
                (("approval",), "say which approval, or what to do with one: grant or refuse"),
                (("approval", "grant"), "say which approval"),
                (("approval", "grant", "A-1"), "--why is missing"),
                (("revoke", "ZG-1"), "--reason is missing"),
                (("revoke", "--reason", "superseded"), "say which card"),
                (("revoke", "ZG-1", "--reason", "6"), 'unknown reason "6"; choose unspecified, '),
                (("orders", "--state", "qeued"), 'unknown state "qeued"; did you mean queued?'),
                (("cards", "--state", "lost"), 'unknown state "lost"; choose blank, '),
                (("completion",), "shell is missing; choose bash, zsh or fish"),
                (("completion", "csh"), 'unknown shell "csh"')):
            with self.subTest(words):
                status, out, err = said_by("zegel", *words)
                self.assertEqual((status, out), (2, ""), err)
                self.assertIn(why, err)
                self.assertNotIn("asked-", err)
        status, _, err = said_by("zegel-station", "now")
        self.assertEqual(status, 2, err)
        self.assertIn('"now" is not expected here', err)


class Completion(unittest.TestCase):
    """What bash itself makes of the script; the list of commands is that of the help."""

    @classmethod
    def setUpClass(cls):
        cls.commands = re.findall(r"^  zegel (\w+) ?(.*)$", said_by("zegel", "--help")[1], re.M)

    def offered(self, *words):
        line = " ".join(map(shlex.quote, words))
        done = subprocess.run(
            ["bash", "--norc", "--noprofile", "-uc", 'eval "$(zegel completion bash)"\n'
             'complete -p zegel >&2\n'
             f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}\n'
             '_zegel zegel "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"\n'
             'printf "%s\\n" "${COMPREPLY[@]}"'],
            env={"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual((done.returncode, done.stderr),
                         (0, "complete -o default -F _zegel zegel\n"))
        return done.stdout.split()

    def test_every_command_is_offered_and_those_that_begin_so(self):
        names = [name for name, _ in self.commands]
        self.assertGreater(len(names), 15)
        self.assertLessEqual(set(names), set(self.offered("zegel", "")))
        self.assertEqual(self.offered("zegel", "batc"), ["batches", "batch"])

    def test_each_command_offers_the_options_its_help_tells_of(self):
        for name, usage in self.commands:
            if name == "help":
                continue
            with self.subTest(name):
                told = set(re.findall(r"--[a-z-]+", usage)) | {"--settings", "--help"}
                offered = set(self.offered("zegel", name, "--"))
                self.assertLessEqual(told, offered)
                self.assertLessEqual(offered - told, {"--batch"})  # the older word of check

    def test_acts_are_offered_in_their_place_and_values_are_left_to_the_shell(self):
        self.assertEqual(self.offered("zegel", "order", ""), ["hold", "release", "cancel", "reject"])
        self.assertEqual(self.offered("zegel", "reader", "re"), ["resume"])
        self.assertEqual(self.offered("zegel", "doubt", "is"), ["issued"])
        self.assertEqual(self.offered("zegel", "audit", ""), ["verify"])
        self.assertEqual(self.offered("zegel", "order", "hold", ""), [])
        self.assertEqual(self.offered("zegel", "order", "hold", "X", "--by", ""), [])
        self.assertEqual(self.offered("zegel", "order", "hold", "X", "--by", "--w"), [])
        self.assertIn("restore", self.offered("zegel", "help", ""))

    def test_other_shells_find_no_fault_with_theirs(self):
        for shell, check in (("zsh", "-n"), ("fish", "--no-execute")):
            status, out, _ = said_by("zegel", "completion", shell)
            self.assertEqual(status, 0)
            for name, _ in self.commands:
                self.assertRegex(out, rf"\b{name}\b")
            if shutil.which(shell):
                subprocess.run([shell, check, "/dev/stdin"], input=out, text=True, check=True,
                               timeout=60)


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
        self.assertRegex(out, r"^refused: name: .*; nothing was done \[request-refused\]\n$")
        self.assertNotIn("asked-", out)
        self.assertNotIn("line ", out)

    def test_without_a_station_the_question_waits_for_the_next(self):
        self.house.end("station")
        began = time.monotonic()
        status, _, err = self.zegel("receipt", "--id", "early", "--name", "TRIAL", "--number",
                                    "ZG-2026-000001-01", *BY)
        self.assertEqual(status, 3, err)
        self.assertLess(time.monotonic() - began, 20, "a station that runs is waited for so long")
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

    def test_exceptions_list_everything_that_waits_for_a_person(self):
        content = json.loads(batch_of("waits", 2))
        content["orders"][0]["subject"]["group"] = "Zonder TRIAL ervoor"
        self.house.send_batch(json.dumps(content).encode(), "waits.json")
        self.house.send_batch(b'{"batch": "broken', "broken.json")
        receipts = self.house.folder / "inbox/receipts"
        (receipts / ".odd.json").write_text('{"receipt": "odd"}')
        (receipts / ".odd.json").rename(receipts / "odd.json")
        self.taken("waits")
        for name in ("broken.json", "odd.json"):
            self.house.refusal(name)
        self.await_that(lambda: self.house.readers(), "the PC/SC service to be missed")
        status, out, err = self.zegel("exceptions")
        self.assertEqual((status, err), (0, ""))
        self.assertNotEqual(out[0], "\n")
        for words in (r"1 reader to look at\n  PC/SC service: ", r"order(s)? not taken in the last 7 days",
                      r"\n  batch waits, waits-01: ", r"1 batch file refused", r"1 receipt file refused",
                      rf"lies in {receipts}/refused/odd\.json"):
            self.assertRegex(out, words)
        shown = json.loads(self.zegel("exceptions", "--json")[1])
        self.assertEqual({file["kind"] for file in shown["files"]}, {"batch", "receipt"})
        self.assertIn("waits-01", [order["order"] for order in shown["rejected"]])
        told = self.zegel("status")[1]
        self.assertIn("1 receipt file refused", told)
        self.assertIn("1 reader to look at", told)
        self.assertRegex(told, r"\nwaits-02 +group-token-p256 ")
        for file in (receipts / "refused/odd.json",
                     self.house.folder / "inbox/batches/refused/broken.json"):
            file.unlink()
        self.assertNotIn("file refused", self.zegel("exceptions")[1])

    def test_a_station_without_its_inbox_goes_on_and_waits_for_it(self):
        inbox, away = self.house.folder / "inbox", self.house.folder / "away"
        inbox.rename(away)
        self.addCleanup(lambda: away.exists() and away.rename(inbox))
        self.await_that(lambda: "inbox under [station]" in self.house.log(), "the station to say so")

        def is_waited_for():
            waited = json.loads(self.zegel("exceptions", "--json")[1])["waitedFor"]
            return "inbox" in [each["what"] for each in waited]

        self.await_that(is_waited_for, "the station to tell it")
        for word in ("status", "exceptions"):
            self.assertRegex(self.zegel(word)[1], rf"the inbox is waited for since 20[^\n]*\n  cannot look "
                                                  rf"into the folder {inbox}")
        status, _, err = self.zegel("order", "hold", "nobody", *BY, *WHY)
        self.assertEqual(status, 1)
        self.assertIn("the station waits for it", err)
        away.rename(inbox)
        self.house.send_orders("after-all", 1)
        self.taken("after-all")
        self.await_that(lambda: not is_waited_for(), "all to be well")

    def test_what_people_call_a_state_is_understood(self):
        status, _, err = self.zegel("orders", "--state", "held")
        self.assertEqual(status, 2)
        self.assertIn("did you mean on-hold?", err)

    def test_check_names_the_file_as_it_was_given(self):
        file = self.house.folder / "torn-to-check.json"
        file.write_text('{"batch": "torn')
        status, out, err = self.zegel("check", file)
        self.assertEqual(status, 1)
        self.assertIn(f"{file}, line 1: is not JSON", out + err)
        self.assertNotIn("lay it out", out + err)

    def test_what_nobody_knows_is_refused_and_its_list_is_named(self):
        for words, told in ((("batch", "none"), "zegel batches"), (("order", "none"), "zegel orders"),
                            (("card", "none"), "zegel cards"),
                            (("orders", "--batch", "none"), "zegel batches")):
            status, _, err = self.zegel(*words)
            self.assertEqual(status, 1, words)
            self.assertIn(told, err)
        self.assertIn("did you mean zegel order release ORDER?", self.zegel("order", "relase")[2])
        self.assertEqual(self.zegel("cards"), (0, "there is no such card\n", ""))

    def test_people_see_batches_orders_and_events(self):
        self.house.send_orders("people", 2)
        self.taken("people")
        self.assertRegex(self.zegel("batches")[1], r"\npeople +20\S+ +2 +2 queued\n")
        self.assertRegex(self.zegel("batch", "people")[1],
                         r"^batch people, accepted 20\S+: 2 orders: 2 queued\n$")
        self.assertEqual(self.zegel("orders", "--batch", "people")[1].count("\npeople "), 2)
        self.assertRegex(self.zegel("order", "people-02")[1],
                         r"^order people-02 of batch people: queued since 20")
        self.assertEqual(self.zegel("order", "hold", "people-01", *BY, *WHY)[0], 0)
        status, out, err = self.zegel("exceptions")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"order(s)? on hold\n(.*\n)*  people-01: agreed on the telephone")
        self.assertIn("zegel order release people-01 --by WHO", out)
        self.assertRegex(self.zegel("events")[1], r"\n?\d+  20\S+  batch people: accepted\n")

    def test_events_are_followed_until_the_station_ends(self):
        after = json.loads(self.zegel("events", "--json")[1])["next"]
        follower = subprocess.Popen(
            [PROGRAMS / "zegel", "events", "--after", str(after), "--follow", "--json"], text=True,
            env=self.house.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for cleaning in (follower.stdout.close, follower.wait, follower.kill):  # the last one first
            self.addCleanup(cleaning)
        self.house.send_orders("followed", 1)
        event = json.loads(follower.stdout.readline())
        self.assertEqual((event["type"], event["subject"]),
                         ("zegel.batch.accepted", "batch/followed"))
        self.house.end("station")
        self.assertEqual(follower.wait(timeout=60), 3)
        self.house.start_station()

    def test_how_far_a_batch_is_stands_on_a_terminal_only(self):
        """Nothing makes it: whoever follows it hears that the station ended."""
        self.house.send_orders("unmade", 2)
        self.taken("unmade")
        self.house.end("station")
        status, out, err = self.zegel("batch", "unmade", "--follow")
        self.assertEqual((status, out.count("2 queued")), (3, 1), err)
        self.assertNotIn("%", err)
        self.assertIn("unmade: 2 queued\n", err, "a line for who looks at no terminal")
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        done = subprocess.run([PROGRAMS / "zegel", "batch", "unmade", "--follow"], stderr=theirs,
                              env=self.house.environment, stdout=subprocess.PIPE, timeout=60)
        os.close(theirs)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"]   0 %  2 queued", b"".join(iter(lambda: self.shown(ours), b"")))
        self.house.start_station()

    @staticmethod
    def shown(terminal):
        """What comes next; nothing once its other side is gone."""
        try:
            return os.read(terminal, 4096)
        except OSError:
            return b""

    def test_batches_stand_apart(self):
        self.house.send_orders("apart-1", 1)
        self.house.send_orders("apart-2", 1)
        self.taken("apart-1")
        self.taken("apart-2")
        self.assertIn("\n\nbatch apart-2", self.zegel("status")[1])


if __name__ == "__main__":
    unittest.main()

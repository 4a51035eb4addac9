"""Letters of exactly the confirmed cards, each printed once, whatever happens to printer and program."""

import hashlib
import json
import os
import pty
import threading
import unittest
import urllib.request

from room_house import RoomTest, letters_wanted
from station_house import wait_for
from tap import Tap


class AWholeRun(RoomTest):
    """The printer is away, jams, and is started anew; the pinmailer is killed again and again."""

    secured = True
    cards = letters_wanted(24)

    def test_letters_of_exactly_the_confirmed_cards_each_printed_once(self):
        confirmed = self.all.orders[:-(self.cards // 5)]
        self.confirmed = {order["order"] for order in confirmed}
        self.all.confirm(confirmed)
        stranger = self.all.orders[-2]
        accepted, _ = self.house.receipt("TRIAL Another Team", stranger["certificateNumber"], "me")
        self.assertFalse(accepted)
        letters = list(self.room.letters("released"))
        self.assertEqual(len(letters), len(confirmed))
        self.suffer(len(letters))
        states = self.finish()
        self.assertEqual({letter for letter, state in states.items() if state != "held"},
                         set(letters))
        self.judge(letters, states)
        self.settle_and_post(letters, states)

    def suffer(self, wanted):
        """Five kills, a jam, a printer that is away before and in the middle."""
        self.printer.stop()
        process = self.room.start("print")
        wait_for(lambda: "waiting for the printer" in self.room.said(), "the pinmailer to wait")
        self.printer.start()
        for step in range(5):
            self.await_sheets(wanted * (step + 1) // 7)
            if step == 1:
                self.printer.mood("jam")
                wait_for(lambda: ("jammed" in dict(map(reversed, self.printer.sheets()))),
                         "a jam")
                wait_for(lambda: "uncertain" in self.room.said(), "an uncertain letter")
                self.printer.mood("well")
            if step == 3:
                self.printer.stop()
                self.printer.start()
            process.kill()
            process.wait()
            process = self.room.start("print")
        wait_for(lambda: process.poll() is not None, "the run to end", 60 + wanted)
        self.assertIn(process.returncode, (0, 4, 5), self.room.said())

    def await_sheets(self, count):
        wait_for(lambda: len(self.printer.sheets()) >= count, f"{count} sheets; {self.room.said()}",
                 60 + count)

    def finish(self):
        self.room.pinmailer("print", status={0, 4})
        return self.room.letters()

    def judge(self, letters, states):
        times = self.all.printed_times()
        self.assertLessEqual(set(times), set(letters), "nothing that was not released")
        for letter in letters:
            with self.subTest(letter=letter, state=states[letter], said=self.room.said()):
                self.assertIn(states[letter], ("printed", "printed-uncertain"))
                self.assertLessEqual(times.get(letter, 0), 1, "printed twice")
                if states[letter] == "printed":
                    self.assertEqual(times.get(letter, 0), 1)
        self.assertGreaterEqual(sum(state == "printed" for state in states.values()),
                                len(letters) - 7, "at most one a misfortune is uncertain")
        orders = set()
        for sheet in self.printer.paper():
            order, right = self.all.order_on(sheet)
            self.assertTrue(right, f"the PIN of {order['order']} is the chip's")
            orders.add(order["order"])
        self.assertEqual(len(orders), len(self.printer.paper()))
        self.assertLessEqual(orders, self.confirmed)

    def settle_and_post(self, letters, states):
        times = self.all.printed_times()
        uncertain = [letter for letter in letters if states[letter] == "printed-uncertain"]
        for letter in uncertain:
            found = "printed" if times.get(letter) else "spoiled"
            self.room.pinmailer("settle", letter, found, "--reason", "looked at the paper")
        self.room.pinmailer("posted", "--all")
        for letter, state in self.room.letters().items():
            if letter in letters:
                self.assertEqual(state, "posted" if times.get(letter) else "spoiled")


WHOLE_SWEEP = "ZEGEL_WHOLE_SWEEP" in os.environ


class AKillAtEveryTurn(RoomTest):
    """A letter for each: killed at a thing that printer or pinmailer says to the other, which is passed on
    all the same; then the same with the station. At some of them, around those that matter; at all with
    ZEGEL_WHOLE_SWEEP."""

    turns = {"printer": range(1, 17) if WHOLE_SWEEP else (5, 6, 7, 8, 9),
             "station": range(1, 13) if WHOLE_SWEEP else (6, 7, 8, 9)}
    cards = len(turns["printer"]) + len(turns["station"])

    def test_prints_no_letter_twice_and_loses_none(self):
        self.unused = list(self.all.orders)
        for name, port in (("printer", self.printer.port), ("station", self.house.api_port)):
            tap = Tap(port)
            self.addCleanup(tap.close)
            self.lead_through(name, tap)
            killed = [self.kill_at(name, tap, turn) for turn in self.turns[name]]
            self.assertGreaterEqual(sum(killed), 3, f"the {name} was hardly spoken with")

    def lead_through(self, name, tap):
        if name == "printer":
            self.room.make_settings(self.printer,
                                    printer_uri=f"ipp://localhost:{tap.port}/ipp/print")
        else:
            self.room.make_settings(self.printer, station=f"https://127.0.0.1:{tap.port}")

    def kill_at(self, name, tap, turn):
        """False when the run was over before that turn."""
        self.all.confirm([self.unused.pop()])
        letter, = self.room.letters("released")
        before = len(self.printer.sheets())
        started, box, killed = threading.Event(), [], []

        def at(number, towards):
            if number == turn:
                started.wait(20)
                box[0].kill()
                box[0].wait()
                killed.append(number)

        tap.reset(at)
        box.append(self.room.start("print"))
        started.set()
        box[0].wait(60)
        tap.reset(lambda number, towards: None)
        with self.subTest(at=name, turn=turn):
            self.room.pinmailer("print", status={0, 4})
            self.judge(letter, bool(killed),
                       [how for title, how in self.printer.sheets()[before:] if title == letter])
        return bool(killed)

    def judge(self, letter, killed, sheets):
        state = self.room.letters()[letter]
        told = f"{sheets}; {self.room.said()}"
        if state == "printed":
            self.assertEqual(sheets, ["whole"], told)
            return
        self.assertEqual(state, "printed-uncertain", told)
        self.assertTrue(killed, f"only a kill makes uncertain; {told}")
        self.assertLessEqual(sheets.count("whole"), 1, told)


class TheWayToThePrinter(RoomTest):
    """What is cut or lost on it."""

    cards = 5

    def setUp(self):
        self.tap = Tap(self.printer.port)
        self.addCleanup(self.tap.close)
        self.room.make_settings(self.printer, ready=20, finish=20,
                                printer_uri=f"ipp://localhost:{self.tap.port}/ipp/print")
        self.all.confirm([self.all.orders.pop()])
        self.letter, = self.room.letters("released")

    def tearDown(self):
        self.printer.mood("well")

    def cut_document(self, octets):
        """Passes only so many octets of the first thing that is as long as a letter."""
        done = []

        def at(number, towards):
            if towards == "server" and not done and "sending " + self.letter in self.journal():
                done.append(number)
                return octets
            return None

        self.tap.reset(at)

    def journal(self):
        file = self.room.folder / "journal/letters.journal"
        return file.read_text() if file.exists() else ""

    def test_a_letter_cut_on_its_way_is_uncertain_although_the_printer_calls_it_completed(self):
        self.printer.mood("believing")
        self.cut_document(9000)
        status, said = self.room.pinmailer("print", status={4})
        self.assertIn("uncertain", said)
        self.assertEqual(self.room.letters()[self.letter], "printed-uncertain")
        self.printer.mood("well")
        self.room.pinmailer("print")
        self.assertNotIn("whole", [how for title, how in self.printer.sheets()[1:]
                                   if title == self.letter])

    def test_a_lost_answer_makes_uncertain(self):
        answered = []

        def at(number, towards):
            if towards == "client" and not answered and "sending " + self.letter in self.journal():
                answered.append(number)
                return 0
            return None

        self.tap.reset(at)
        self.room.pinmailer("print", status={4})
        self.assertTrue(answered)
        self.assertEqual(self.room.letters()[self.letter], "printed-uncertain")

    def test_a_printer_that_never_comes_gets_nothing_and_the_letter_stays(self):
        self.room.make_settings(self.printer, ready=1, printer_uri="ipp://localhost:1/ipp/print")
        status, said = self.room.pinmailer("print", status={5})
        self.assertIn("not ready within", said)
        self.assertEqual(self.room.letters()[self.letter], "released")
        self.room.make_settings(self.printer)
        self.room.pinmailer("print")
        self.assertEqual(self.room.letters()[self.letter], "printed")


class ByHand(RoomTest):
    """What a person does beside printing."""

    cards = 4

    def journal(self, *lines):
        """What an earlier run left (pinmailer/press/run/journal_line.h)."""
        file = self.room.folder / "journal/letters.journal"
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with open(file, "a") as journal:
            for line in lines:
                words = "2026-11-22T12:00:00Z " + line
                journal.write(f"{words} #{hashlib.sha256(words.encode()).hexdigest()[:8].upper()}\n")

    def test_a_letter_that_was_asked_for_becomes_a_file_under_the_same_id(self):
        self.all.confirm(self.all.orders[2:3])
        letter = next(iter(self.room.letters("released")))
        asked = urllib.request.Request(f"{self.house.api_url}/v1/letters/{letter}/take",
                                       b'{"id": "known"}', {"Content-Type": "application/json"})
        urllib.request.urlopen(asked, timeout=20, context=self.house.tls("print-room")).close()
        self.journal(f"asked {letter} known")
        file = self.room.folder / "known.pdf"
        status, said = self.at_a_terminal(b"yes", "print", "--to-file", letter, "--output", file)
        self.assertEqual((status, file.exists()), (4, True), said)
        self.room.pinmailer("settle", letter, "printed", "--reason", "printed from the file")

    def post(self, client, path, **words):
        asked = urllib.request.Request(self.house.api_url + path, json.dumps(words).encode(),
                                       {"Content-Type": "application/json"})
        urllib.request.urlopen(asked, timeout=20, context=self.house.tls(client)).close()

    def test_a_letter_is_printed_again_when_two_persons_say_so_and_no_old_one_is(self):
        self.all.confirm(self.all.orders[3:4])
        letter, = self.room.letters("released")
        self.room.pinmailer("print")
        self.room.pinmailer("settle", letter, "spoiled", "--reason", "a stain on the window")
        self.room.pinmailer("print")
        self.assertEqual(self.all.printed_times()[letter], 1, "not by itself")
        self.post("print-room", f"/v1/letters/{letter}/reprint", id="once", reason="a stain")
        self.post("supervisor", "/v1/approvals/once/grant", id="yes", reason="seen it")
        self.room.pinmailer("print")
        self.assertEqual(self.room.letters()[letter], "printed")
        self.assertEqual(self.all.printed_times()[letter], 2)
        self.room.pinmailer("settle", letter, "spoiled", "--reason", "another stain")
        # A station whose ledger came back from a backup gives out what was printed since.
        self.journal(f"asked {letter} lost", f"created {letter} 1 ipp://gone",
                     f"sending {letter} 3", f"printed {letter}", f"told {letter}")
        self.post("print-room", f"/v1/letters/{letter}/reprint", id="twice", reason="a stain")
        self.post("dispatch", "/v1/approvals/twice/grant", id="yes-2", reason="seen it")
        _, said = self.room.pinmailer("print", status={4})
        self.assertIn("gave out edition 3 of it, and edition 3 went to a printer before", said)
        self.assertEqual(self.room.letters()[letter], "printed-uncertain")
        self.assertEqual(self.all.printed_times()[letter], 2)

    def test_a_letter_that_the_station_does_not_know_is_told_of_once(self):
        self.journal("asked 9876543210 lost", "created 9876543210 1 ipp://gone",
                     "sending 9876543210 1", "uncertain 9876543210 nobody knows")
        _, said = self.room.pinmailer("print", status={4})
        self.assertIn("9876543210  set aside", said)
        self.assertIn("restored from a backup", said)
        self.assertNotIn("9876543210", self.room.pinmailer("print")[1])

    def test_an_end_that_the_station_refuses_to_hear_stays_open(self):
        file = self.room.folder / "journal/letters.journal"
        self.journal("asked 0123456789 lost", "created 0123456789 1 ipp://gone",
                     "sending 0123456789", "uncertain 0123456789")  # for no reason
        self.addCleanup(file.unlink)
        for _ in range(2):
            _, said = self.room.pinmailer("print", status={4})
            self.assertIn("refuses to hear", said)
        self.assertNotIn("told 0123456789", file.read_text())

    def at_a_terminal(self, answer, *words):
        """(exit status, what it said) of a pinmailer that has a terminal of its own."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.room.folder)
            program = str(self.house.programs / "zegel-pinmailer")
            os.execve(program, [program, *map(str, words)], self.room.environment)
        said, answered = b"", False
        while True:
            try:
                octets = os.read(terminal, 4096)
            except OSError:  # the other side is gone
                octets = b""
            if not octets:
                break
            said += octets
            if not answered and b"yes/no: " in said:
                os.write(terminal, answer + b"\n")
                answered = True
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode()

    def test_a_letter_becomes_a_file_only_when_a_person_says_yes(self):
        self.all.confirm(self.all.orders[:1])
        letter, = self.room.letters("released")
        file = self.room.folder / "one.pdf"
        words = ("print", "--to-file", letter, "--output", file)
        _, said = self.room.pinmailer(*words, status={2})
        self.assertIn("no terminal to answer on", said)
        status, said = self.at_a_terminal(b"ja", *words)
        self.assertEqual((status, file.exists()), (1, False), said)
        self.assertIn("live codes", said)
        self.assertEqual(self.room.letters()[letter], "released")
        status, said = self.at_a_terminal(b"yes", *words)
        self.assertEqual((status, file.stat().st_mode & 0o777), (4, 0o600), said)
        order, right = self.all.order_on(file)
        self.assertTrue(right, order)
        self.assertEqual(self.room.letters()[letter], "printed-uncertain")
        self.room.pinmailer("print")
        self.assertEqual(self.printer.sheets(), [], "it is on paper by hand or not at all")
        status, said = self.at_a_terminal(b"yes", *words[:-1], self.room.folder / "two.pdf")
        self.assertEqual((status, (self.room.folder / "two.pdf").exists()), (2, False), said)
        self.room.pinmailer("settle", letter, "printed", "--reason", "printed from the file")
        self.assertEqual(self.room.letters()[letter], "printed")

    def test_says_what_cannot_be_done_and_why(self):
        held = next(iter(self.room.letters("held")))
        for words, status, reason in (
                (("posted", held), 1, "refused"), (("settle", held, "printed", "--reason", "x"), 1,
                                                   "refused"),
                (("settle", held, "lost", "--reason", "x"), 2, "printed or spoiled"),
                (("posted",), 2, "name the letters"), (("posted", "0123456789"), 1, "0123456789"),
                (("letters", "--state", "burnt"), 2, "state"), (("print", "--limit", "some"), 2,
                                                                "--limit"),
                (("print", "--settings", "nowhere.toml"), 3, "nowhere.toml")):
            with self.subTest(words=words):
                _, said = self.room.pinmailer(*words, status={status})
                self.assertIn(reason, said)

    def test_a_client_that_is_not_the_print_rooms_gets_nothing(self):
        for name in ("pem", "key"):
            file = self.room.folder / f"station/print-room.{name}"
            kept = file.read_bytes()
            self.addCleanup(file.write_bytes, kept)
            file.write_bytes((self.house.folder / f"api/order-system.{name}").read_bytes())
        _, said = self.room.pinmailer("letters", status={2})
        self.assertIn("does not take our certificate", said)


if __name__ == "__main__":
    unittest.main()

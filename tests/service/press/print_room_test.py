"""Letters of exactly the confirmed cards, each printed once, whatever happens to printer and program."""

import os
import threading
import unittest

from room_house import RoomTest, letters_wanted
from station_house import wait_for
from tap import Tap


class AWholeRun(RoomTest):
    """The printer is away, jams, and is started anew; the pinmailer is killed again and again."""

    secured = True
    cards = letters_wanted(24)
    early = cards // 2

    def test_letters_of_exactly_the_confirmed_cards_each_printed_once(self):
        confirmed = self.all.orders[:-(self.cards // 5)]
        self.confirmed = {order["order"] for order in confirmed}
        self.all.confirm(confirmed[::-1])
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
        self.expect_the_order_of_the_envelopes()
        self.settle(letters, states)
        self.reprint_what_is_spoiled()
        self.expect_one_whole_sheet_for_each(letters)
        self.post(letters)

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

    def expect_the_order_of_the_envelopes(self):
        """The orders' own order, whenever a card was made and its receipt came in."""
        came_out = [self.all.order_on(sheet)[0]["position"] for sheet in self.printer.paper()]
        self.assertEqual(came_out, sorted(came_out))

    def settle(self, letters, states):
        """As a person does who finds the sheet in the tray, or does not."""
        times = self.all.printed_times()
        uncertain = [letter for letter in letters if states[letter] == "printed-uncertain"]
        self.assertNotEqual(uncertain, [], "not even the one that jammed")
        for letter in uncertain:
            found = "printed" if times.get(letter) else "spoiled"
            self.room.pinmailer("settle", letter, found, "--reason", "looked at the paper")

    def reprint_what_is_spoiled(self):
        spoiled = list(self.room.letters("spoiled"))
        self.assertNotEqual(spoiled, [], "not even the one that jammed")
        for letter in spoiled:
            self.all.reprint(letter, "nothing came out")
        self.room.pinmailer("print")

    def expect_one_whole_sheet_for_each(self, letters):
        self.assertEqual(self.all.printed_times(), dict.fromkeys(letters, 1))
        orders = [self.all.order_on(sheet)[0]["order"] for sheet in self.printer.paper()]
        self.assertEqual(sorted(orders), sorted(self.confirmed))

    def post(self, letters):
        self.room.pinmailer("posted", "--all")
        self.assertEqual(self.room.letters("posted"), dict.fromkeys(letters, "posted"))


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


if __name__ == "__main__":
    unittest.main()

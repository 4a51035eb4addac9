"""What a person does in a print room beside printing, and what an earlier run may have left."""

import hashlib
import json
import shutil
import unittest

from room_house import RoomTest, wait_for
from at_terminal import at_terminal  # isort: skip: room_house tells where it is
from demo_house import SOURCE  # isort: skip


class WithAJournal(RoomTest):
    def journal(self, *lines):
        """What an earlier run left (pinmailer/press/run/journal_line.h)."""
        file = self.room.folder / "journal/letters.journal"
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with open(file, "a") as journal:
            for line in lines:
                words = "2026-11-22T12:00:00Z " + line
                journal.write(f"{words} #{hashlib.sha256(words.encode()).hexdigest()[:8].upper()}\n")


class ByHand(WithAJournal):
    """What a person does beside printing."""

    cards = 5

    def test_a_letter_that_was_asked_for_becomes_a_file_under_the_same_id(self):
        self.all.confirm(self.all.orders[2:3])
        letter = next(iter(self.room.letters("released")))
        self.all.post("print-room", f"/v1/letters/{letter}/take", id="known")
        self.journal(f"asked {letter} known")
        file = self.room.folder / "known.pdf"
        status, said = self.at_a_terminal("yes", "print", "--to-file", letter, "--output", file)
        self.assertEqual((status, file.exists()), (4, True), said)
        self.room.pinmailer("settle", letter, "printed", "--reason", "printed from the file")

    def test_one_that_was_asked_for_and_whose_card_is_revoked_since_is_nobodys(self):
        self.all.confirm(self.all.orders[1:2])
        _, shown = self.house.ask("auditor", f"/v1/orders/{self.all.orders[1]['order']}")
        letter = shown["letterId"]
        self.all.post("print-room", f"/v1/letters/{letter}/take", id="lost-answer")
        self.journal(f"asked {letter} lost-answer")
        self.all.revoke(self.all.orders[1]["order"])
        _, said = self.room.pinmailer("print")
        self.assertIn(f"{letter}  not had    ", said)
        self.assertIn("its card is revoked", said)
        self.assertEqual(self.room.letters()[letter], "destroyed", "no sheet is to be looked for")

    def test_a_letter_is_printed_again_when_two_persons_say_so_and_no_old_one_is(self):
        self.all.confirm(self.all.orders[3:4])
        letter, = self.room.letters("released")
        self.room.pinmailer("print")
        self.room.pinmailer("settle", letter, "spoiled", "--reason", "a stain on the window")
        self.room.pinmailer("print")
        self.assertEqual(self.all.printed_times()[letter], 1, "not by itself")
        self.all.post("print-room", f"/v1/letters/{letter}/reprint", id="once", reason="a stain",
                  unseen=True)
        self.all.post("supervisor", "/v1/approvals/once/grant", id="yes", reason="seen it")
        self.room.pinmailer("print")
        self.assertEqual(self.room.letters()[letter], "printed")
        self.assertEqual(self.all.printed_times()[letter], 2)
        self.room.pinmailer("settle", letter, "spoiled", "--reason", "another stain")
        # A station whose ledger came back from a backup gives out what was printed since.
        self.journal(f"asked {letter} lost", f"created {letter} 1 ipp://gone",
                     f"sending {letter} 3", f"printed {letter}", f"told {letter}")
        self.all.post("print-room", f"/v1/letters/{letter}/reprint", id="twice", reason="a stain",
                  unseen=True)
        self.all.post("dispatch", "/v1/approvals/twice/grant", id="yes-2", reason="seen it")
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

    def test_one_of_a_folder_that_the_settings_name_no_more_is_done_with(self):
        held = next(iter(self.room.letters("held")))
        self.journal(f"asked {held} folder-lost")
        for _ in range(2):
            _, said = self.room.pinmailer("print")
            self.assertNotIn(held, said)
        self.assertIn(f"told {held}", (self.room.folder / "journal/letters.journal").read_text())

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
        return at_terminal((self.house.programs / "zegel-pinmailer", *words), self.room.environment,
                           self.room.folder, "yes/no: ", answer)

    def test_a_letter_becomes_a_file_only_when_a_person_says_yes(self):
        self.all.confirm(self.all.orders[:1])
        letter, = self.room.letters("released")
        file = self.room.folder / "one.pdf"
        words = ("print", "--to-file", letter, "--output", file)
        _, said = self.room.pinmailer(*words, status={2})
        self.assertIn("no terminal to answer on", said)
        status, said = self.at_a_terminal("ja", *words)
        self.assertEqual((status, file.exists()), (1, False), said)
        self.assertIn("live codes", said)
        self.assertEqual(self.room.letters()[letter], "released")
        status, said = self.at_a_terminal("yes", *words)
        self.assertEqual((status, file.stat().st_mode & 0o777), (4, 0o600), said)
        order, right = self.all.order_on(file)
        self.assertTrue(right, order)
        self.assertEqual(self.room.letters()[letter], "printed-uncertain")
        self.room.pinmailer("print")
        self.assertEqual(self.printer.sheets(), [], "it is on paper by hand or not at all")
        status, said = self.at_a_terminal("yes", *words[:-1], self.room.folder / "two.pdf")
        self.assertEqual((status, (self.room.folder / "two.pdf").exists()), (1, False), said)
        self.assertIn("is printed-uncertain: only one that is released becomes a file", said)
        self.room.pinmailer("settle", letter, "printed", "--reason", "printed from the file")
        self.assertEqual(self.room.letters()[letter], "printed")

    def test_says_what_cannot_be_done_and_why(self):
        held = next(iter(self.room.letters("held")))
        described = json.loads((SOURCE / "station/api/openapi.json").read_text())
        *some, last = described["components"]["schemas"]["letterState"]["enum"]
        states = f"{', '.join(some)} or {last}"
        for words, status, reason in (
                (("posted", held), 1, "refused"), (("settle", held, "printed", "--reason", "x"), 1,
                                                   "refused"),
                (("settle", held, "lost", "--reason", "x"), 2, "printed or spoiled"),
                (("posted",), 2, "name the letters"), (("posted", "0123456789"), 1, "0123456789"),
                (("settle", "0123456789", "printed", "--reason", "x"), 1, "0123456789"),
                (("print", "--to-file", "0123456789", "--output", "x.pdf"), 1, "0123456789"),
                (("print", "--to-file", "--output", "x.pdf"), 2, "--to-file needs a value: the letter"),
                (("letters", "--state", "relesed"), 2, f'no letter is ever "relesed": --state is {states}'),
                (("print", "--limit", "some"), 2, "--limit"),
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
        _, said = self.room.pinmailer("letters", status={3})
        self.assertIn("does not take our certificate", said)


class OutOfTheFolder(WithAJournal):
    """The station lays its letters into a folder, and somebody moves them to the print room."""

    cards = 11
    lays_out = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fetched = cls.room.folder / "fetched"
        cls.fetched.mkdir()
        cls.room.make_settings(cls.printer, letters="fetched")

    def fetch(self, order):
        """The letter of an order, moved here, as a file."""
        _, shown = self.house.ask("auditor", f"/v1/orders/{order['order']}")
        laid = self.house.folder / f"letters/{shown['letterId']}.letter"
        wait_for(laid.exists, f"{laid} to be laid out")
        return shutil.move(laid, self.fetched / laid.name)

    def test_only_what_the_station_still_has_as_being_printed_is_printed(self):
        self.all.confirm(self.all.orders[:5])
        revoked, settled, reprinted, seen, plain = map(self.fetch, self.all.orders[:5])
        kept = settled.read_bytes(), reprinted.read_bytes()
        self.all.revoke(self.all.orders[0]["order"])
        self.all.post("dispatch", f"/v1/letters/{seen.stem}/reissue", id="seen", reason="lay open")
        for file, found in ((settled, "printed"), (reprinted, "spoiled")):
            self.room.pinmailer("settle", file.stem, found, "--reason", "the journal was lost")
            self.assertFalse(file.exists(), "of no more use")
        for file, content in zip((settled, reprinted), kept):  # somebody kept a copy
            file.write_bytes(content)
        self.expect_only(plain, {
            revoked: "its card is revoked, so settle it as spoiled: nothing was sent now",
            seen: "its codes may have been seen, and are to be re-issued once approval seen is granted: "
                  "nothing was sent now",
            settled: "the station has it as printed: nothing was sent now",
            reprinted: "the station has it as spoiled: nothing was sent now"})
        self.all.reprint(reprinted.stem, "a stain")
        self.expect_only(plain, {reprinted: "this is edition 1 of it, and the station's is edition 2"})
        self.room.pinmailer("settle", revoked.stem, "spoiled", "--reason", "never printed")
        self.assertEqual((self.room.letters()[revoked.stem], revoked.exists()), ("destroyed", False))
        for file in (settled, seen):
            file.unlink()
        self.assertEqual(self.fetch(self.all.orders[2]), reprinted)
        self.room.pinmailer("print")
        self.assertEqual(self.times_of(revoked, settled, seen, reprinted, plain), [0, 0, 0, 1, 1])
        self.assertEqual(list(self.fetched.iterdir()), [])

    def test_a_sheet_whose_card_is_revoked_meanwhile_is_called_for(self):
        self.all.confirm(self.all.orders[5:7])
        printed, settled = map(self.fetch, self.all.orders[5:7])
        process = self.started_at_the_printer(printed)
        self.all.revoke(self.all.orders[5]["order"])
        self.printer.mood("well")
        self.assertEqual(process.wait(60), 4, self.room.said())
        self.assertIn(f"{printed.stem}  printed\n{printed.stem}  destroy    its card is revoked\n",
                      self.room.said())
        self.all.revoke(self.all.orders[6]["order"])
        _, said = self.room.pinmailer("settle", settled.stem, "printed", "--reason", "it lay there",
                                      status={4})
        self.assertIn("its card is revoked: destroy the sheet", said)
        for letter in (printed.stem, settled.stem):
            self.room.pinmailer("settle", letter, "spoiled", "--reason", "shredded")
            self.assertEqual(self.room.letters()[letter], "destroyed")

    def test_each_is_printed_once_and_a_replayed_or_altered_one_is_refused_by_name(self):
        orders = self.all.orders[7:9]
        self.all.confirm(orders)
        file = self.fetch(orders[0])
        letter, content = file.stem, file.read_bytes()
        self.room.pinmailer("print")
        self.assertEqual((self.room.letters()[letter], file.exists()), ("printed", False))
        file.write_bytes(content)
        for _ in range(2):
            _, said = self.room.pinmailer("print", status={1})
            self.assertIn(f"{file.name}  refused    replayed: this is edition 1 of it, and edition 1 "
                          "went to a printer before", said)
        self.assertEqual(self.room.letters()[letter], "printed")
        file.unlink()
        file = self.fetch(orders[1])
        whole, misnamed = file.read_bytes(), self.fetched / "0123456789.letter"
        misnamed.write_bytes(whole)
        for content in (whole[:-1], whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]):
            file.write_bytes(content)
            _, said = self.room.pinmailer("print", status={1})
            self.assertRegex(said, f"(?m)^{file.stem}(.letter)?  refused    seal-broken")
            self.assertIn(f"{misnamed.name}  refused    seal-broken: the file's name is not the "
                          f"letter's id, {file.stem}", said)
        self.assertEqual(self.room.letters()[file.stem], "printing", "it is in this folder")
        file.write_bytes(whole)
        misnamed.unlink()
        self.room.pinmailer("print")
        times = self.all.printed_times()
        self.assertEqual((times[letter], times[file.stem]), (1, 1))

    def test_none_is_printed_again_by_a_print_room_that_lost_its_journal(self):
        self.all.confirm(self.all.orders[9:10])
        file = self.fetch(self.all.orders[9])
        process = self.started_at_the_printer(file)
        process.kill()
        process.wait(60)
        shutil.rmtree(self.room.folder / "journal")
        self.printer.mood("well")
        _, said = self.room.pinmailer("print", status={1})
        self.assertIn(f"{file.stem}  refused    letter {file.stem} is printing: it was fetched out of "
                      "the folder before, by print-room", said)
        self.room.pinmailer("settle", file.stem, "spoiled", "--reason", "shredded")
        self.assertFalse(file.exists())

    def test_one_that_was_fetched_and_is_not_here_now_is_printed_when_it_is(self):
        self.all.confirm(self.all.orders[10:])
        file = self.fetch(self.all.orders[10])
        self.all.post("print-room", f"/v1/letters/{file.stem}/fetched", id="folder-known")
        self.journal(f"asked {file.stem} folder-known")
        elsewhere = file.rename(self.room.folder / "elsewhere.letter")
        _, said = self.room.pinmailer("print", status={1})
        self.assertIn(f"{file.stem}  refused    it is not in", said)
        elsewhere.rename(file)
        self.room.pinmailer("print")
        self.assertEqual(self.times_of(file), [1])

    def started_at_the_printer(self, file):
        """A run of which this letter is at a slow printer."""
        journal = self.room.folder / "journal/letters.journal"
        self.printer.mood("slow")
        self.addCleanup(self.printer.mood, "well")
        process = self.room.start("print", "--limit", "1")
        wait_for(lambda: journal.exists() and f"sending {file.stem}" in journal.read_text(),
                 "a letter at the printer")
        return process

    def times_of(self, *files):
        times = self.all.printed_times()
        return [times.get(file.stem, 0) for file in files]

    def expect_only(self, printed, refusals):
        """A run prints this one and no other, and refuses these by name."""
        _, said = self.room.pinmailer("print", status={1})
        self.assertEqual(self.times_of(printed, *refusals), [1] + [0] * len(refusals), said)
        for file, why in refusals.items():
            self.assertIn(f"{file.stem}  refused    {why}", said)


if __name__ == "__main__":
    unittest.main()

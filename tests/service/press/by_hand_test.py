"""What a person does in a print room beside printing, and what an earlier run may have left."""

import hashlib
import json
import os
import pty
import unittest
import urllib.request

from room_house import RoomTest


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

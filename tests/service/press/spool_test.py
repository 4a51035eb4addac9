"""Where a print queue must stand between: a real cupsd, set as the page on setting up a print room says,
keeps nothing of a letter."""

import unittest

from cups_queue import CupsQueue
from room_house import RoomTest
from room_secrecy_test import codes_of
from station_house import wait_for


class AQueueBetween(RoomTest):
    cards = 2
    long_pins = True

    def setUp(self):
        self.queue = None

    def tearDown(self):
        self.queue.close()

    def print_one(self, history):
        """(the letter, the state it has then)"""
        self.queue = CupsQueue(self.printer, history)
        self.queue.start()
        self.room.make_settings(self.printer, printer_uri=self.queue.uri)
        held = len(self.room.letters("held"))
        self.all.confirm([self.all.orders[held - 1]])
        letter, = self.room.letters("released")
        self.room.pinmailer("print", status={0, 4})
        whole = lambda: self.printer.sheets().count((letter, "whole"))  # noqa: E731
        wait_for(whole, f"the sheet of {letter}; {self.queue.told()}")
        self.assertEqual(whole(), 1)
        return letter, self.room.letters()[letter]

    def assertNoCode(self):
        wanted = codes_of(self.all)
        for folder in (self.queue.folder, self.room.folder):
            for file in folder.rglob("*"):
                if file.is_file():
                    self.assertEqual(wanted.found_in(file.read_bytes()), [], file)
                    self.assertNotIn(b"%PDF", file.read_bytes(), file)

    def test_a_job_that_is_remembered_for_a_while_is_so_without_its_letter(self):
        letter, state = self.print_one("300")
        self.assertEqual(state, "printed", self.queue.told())
        documents = lambda: [file for file in self.queue.left() if file.name[0] != "c"]  # noqa: E731
        wait_for(lambda: not documents(), "a spool without documents")
        self.assertNoCode()

    def test_nothing_is_left_of_a_job_that_is_not_remembered(self):
        letter, state = self.print_one("No")
        # Gone with the job may be the word that it was printed; then a person looks at the paper.
        self.assertIn(state, ("printed", "printed-uncertain"))
        wait_for(lambda: not self.queue.left(), "an empty spool")
        self.assertNoCode()


if __name__ == "__main__":
    unittest.main()

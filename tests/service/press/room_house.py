"""A station that made cards, its print room, and a printer that speaks IPP."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "station"))
from secrecy_test import codes_on_chip, with_long_pins  # noqa: E402
from station_house import StationHouse, batch_of  # noqa: E402
from ipp_printer import IppPrinter  # noqa: E402
from print_room import PrintRoom  # noqa: E402


class RoomHouse:
    def __init__(self, secured=False):
        self.house = StationHouse()
        self.printer = IppPrinter(self.house.folder / "printer", secured)
        self.room = PrintRoom(self.house, self.house.folder / "room")

    def close(self):
        self.printer.close()
        self.house.close()

    def produce(self, cards, **options):
        """That many tokens, made and proved; then the print room can ask."""
        house = self.house
        house.make(**options)
        self.room.make_key()
        house.start_authority()
        house.start_bench(cards=1, tokens=cards)
        self._let_the_room_ask()
        house.start_station()
        house.send_orders("press", cards)
        report = house.await_batch("press", 60 + 3 * cards)
        self.orders = [order for order in report["orders"] if order["state"] == "produced"]
        assert len(self.orders) == cards, report
        self.printer.start()
        self.room.make_settings(self.printer)
        house.api_port = int(house.api_url.rsplit(":", 1)[1])

    def _let_the_room_ask(self):
        """Letters wait for the print room instead of being laid in a folder."""
        self.house.set(print_room=["seal/print-room.pem", "seal/print-room-token.pem"])
        file = self.house.folder / "station.toml"
        lines = [line for line in file.read_text().splitlines() if not line.startswith("letters =")]
        file.write_text("\n".join(lines).replace("[api]", "[api]\nrequests_per_second = 10000")
                        + "\n")

    def confirm(self, orders):
        for order in orders:
            accepted, words = self.house.receipt(order["certificateName"],
                                                 order["certificateNumber"], "me")
            assert accepted, words

    def pin_of(self, order):
        return codes_on_chip(self.house.chip_file(order["chipSerial"]))[0]

    def printed_times(self):
        """{letter: how many whole sheets of it came out}"""
        times = {}
        for letter, how in self.printer.sheets():
            times[letter] = times.get(letter, 0) + (how == "whole")
        return times

    def order_on(self, sheet):
        """The order that a sheet is for, and whether its PIN is the one on that order's chip."""
        text = subprocess.run(["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True,
                              check=True).stdout
        name = re.search(r"press-\d+", text)[0]
        order = next(order for order in self.orders if order["order"] == name)
        return order, self.pin_of(order) in re.sub(r"[ -]", "", text)


class RoomTest(unittest.TestCase):
    cards = 3
    secured = False
    long_pins = False  # six digits stand somewhere by chance, eight hardly ever

    @classmethod
    def setUpClass(cls):
        cls.all = RoomHouse(cls.secured)
        cls.addClassCleanup(cls.all.close)
        cls.all.produce(cls.cards, **({"profile_change": with_long_pins} if cls.long_pins else {}))
        cls.room, cls.printer, cls.house = cls.all.room, cls.all.printer, cls.all.house


def letters_wanted(few):
    """How many letters a run has: few where time is short, as many as asked for otherwise."""
    return int(os.environ.get("ZEGEL_LETTERS", few))


__all__ = ["RoomHouse", "RoomTest", "batch_of", "letters_wanted"]

"""A station that made cards, its print room, and a printer that speaks IPP."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "station"))
from secrecy_test import codes_on_chip, with_long_pins  # noqa: E402
from station_house import StationHouse, batch_of, wait_for  # noqa: E402
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

    def produce(self, cards, early=None, lays_out=False, **options):
        """That many tokens, made and proved; then the print room can ask. `early`: the place of one that
        is a smart card instead, whose reader makes it at once, long before those that come first;
        `lays_out`: the station lays letters into its folder."""
        house = self.house
        house.make(**options)
        self.room.make_key()
        house.start_authority()
        house.start_bench(cards=1, tokens=cards)
        self._let_the_room_ask(lays_out)
        house.start_station()
        batch = json.loads(batch_of("press", cards))
        if early:
            batch["orders"][early - 1]["profile"] = "group-card-p256"
        house.send_batch(json.dumps(batch).encode(), "press.json")
        report = house.await_batch("press", 60 + 3 * cards)
        self.orders = [order for order in report["orders"] if order["state"] == "produced"]
        assert len(self.orders) == cards, report
        self.printer.start()
        self.room.make_settings(self.printer)
        house.api_port = int(house.api_url.rsplit(":", 1)[1])

    def _let_the_room_ask(self, lays_out):
        """Letters wait for the print room, unless they are laid in a folder."""
        self.house.set(print_room=["seal/print-room.pem", "seal/print-room-token.pem"])
        file = self.house.folder / "station.toml"
        lines = [line for line in file.read_text().splitlines()
                 if lays_out or not line.startswith("letters =")]
        file.write_text("\n".join(lines).replace("[api]", "[api]\nrequests_per_second = 10000")
                        + "\n")

    def confirm(self, orders):
        for order in orders:
            accepted, words = self.house.receipt(order["certificateName"],
                                                 order["certificateNumber"], "me")
            assert accepted, words

    def post(self, client, path, **words):
        """What the API answers a client, as it stands."""
        asked = urllib.request.Request(self.house.api_url + path, json.dumps(words).encode(),
                                       {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20, context=self.house.tls(client)) as answer:
            return answer.read()

    def revoke(self, order):
        """The order's card, by two persons."""
        self.post("operator", f"/v1/orders/{order}/revoke", id=f"stolen-{order}", reason="stolen",
                  crlReason="keyCompromise")
        self.post("supervisor", f"/v1/approvals/stolen-{order}/grant", id=f"yes-{order}",
                  reason="seen it")

    def reprint(self, letter, why):
        """As its next edition, by two persons."""
        self.post("print-room", f"/v1/letters/{letter}/reprint", id=f"again-{letter}", reason=why,
                  unseen=True)
        self.post("supervisor", f"/v1/approvals/again-{letter}/grant", id=f"yes-{letter}", reason=why)

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
    early = None
    secured = False
    lays_out = False
    long_pins = False  # six digits stand somewhere by chance, eight hardly ever

    @classmethod
    def setUpClass(cls):
        cls.all = RoomHouse(cls.secured)
        cls.addClassCleanup(cls.all.close)
        options = {"profile_change": with_long_pins} if cls.long_pins else {}
        cls.all.produce(cls.cards, cls.early, cls.lays_out, **options)
        cls.room, cls.printer, cls.house = cls.all.room, cls.all.printer, cls.all.house


def letters_wanted(few):
    """How many letters a run has: few where time is short, as many as asked for otherwise."""
    return int(os.environ.get("ZEGEL_LETTERS", few))


__all__ = ["RoomHouse", "RoomTest", "batch_of", "letters_wanted", "wait_for"]

"""What the desk does once cards are made: sends them, lends a reader, takes receipts and what comes back."""

import shlex

from demo_house import DemoFailed
from spoken import say

TRACK = "3SZEGL004711"
LENT = "CR-2026-0042"


class Desk:
    """By the station's API, under the certificate of the role `dispatch`."""

    def __init__(self, house):
        self.house = house
        self.file = house.client_file("dispatch")

    def send_cards(self, orders, output):
        """Of these orders; the first goes with a track-and-trace number and a reader on loan. What goes
        along on paper is left in the folder."""
        say("\nThe desk sends three of the cards; the first goes as a parcel, with a reader on loan.")
        for order in orders:
            parcel = ("--track", TRACK, "--loan-reader", LENT) if order is orders[0] else ()
            self._do("dispatch", order["order"], *parcel)
        notes = sorted((self.house.folder / "notes").glob("*.note"))
        output.mkdir()
        self.house.run(self.house.programs / "zegel-pinmailer", "note", *notes, "--output", output,
                       "--station-certificate", self.house.folder / "seal/station.pem")
        say(f"  with notes that say how to confirm: {output}")

    def take_receipts(self, orders, wrong):
        """Right ones of the orders, but for one that names another."""
        say("\nReceipts come in: two right ones, and one with a wrong name.")
        for order in orders:
            name = "TRIAL Another Team" if order is wrong else order["certificateName"]
            number = order["certificateNumber"]
            accepted, words = self.house.receipt(name, number, "the certificate manager")
            say(f"  for {order['order']}: '{name}', {number}\n    -> {words.splitlines()[0]}")
            if accepted == (order is wrong):
                raise DemoFailed(f"the receipt for {order['order']} was judged wrongly")

    def take_reader_back(self):
        say("\nThe reader that was lent comes back to the desk.")
        self._do("loans", "--open")
        self._do("loan", "returned", LENT, "--why", "whole, with its cable")
        self._do("loans", "--open")

    def _do(self, *words):
        _, said = self.house.zegel(*words, "--as", self.file)
        say("  " + shlex.join(["zegel", *words]))
        for line in said.splitlines():
            say("    " + line)

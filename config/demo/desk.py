"""What the desk does once cards are made: sends them, lends a reader, takes receipts and what comes back."""

import json

from demo_house import DemoFailed
from spoken import say

TRACK = "3SZEGL004711"
LENT = "CR-2026-0042"


class Desk:
    """By the station's API, under the certificate of the role `dispatch`."""

    def __init__(self, house):
        self.house = house
        self.asked = 0

    def send_cards(self, orders):
        """Of these orders; the first goes with a track-and-trace number and a reader on loan."""
        say("\nThe desk sends three of the cards, each with its note; the first goes as a parcel, with a"
            " reader\non loan.")
        for order in orders:
            parcel = order is orders[0]
            words = {"track": TRACK, "loan": {"kind": "reader", "serial": LENT}} if parcel else {}
            self._tell(f"/v1/orders/{order['order']}/dispatch", **words)
            say(f"  {order['order']}  dispatched" + (f"  track {TRACK}, reader {LENT} on loan"
                                                     if parcel else ""))

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
        lent = self._lent()
        self._tell(f"/v1/loans/{LENT}/returned", reason="whole, with its cable")
        say(f"\nThe reader {lent[0]['serial']}, which {lent[0]['order']} had on loan, comes back to the "
            "desk; on loan now: "
            + (", ".join(each["serial"] for each in self._lent()) or "nothing") + ".")

    def _lent(self):
        return self.house.ask("dispatch", "/v1/loans?open=1")[1]["loans"]

    def _tell(self, path, **words):
        self.asked += 1
        status, said = self.house.ask("dispatch", path,
                                      json.dumps({"id": f"demo-{self.asked}", **words}).encode())
        if status != 200:
            raise DemoFailed(f"the station refused {path}: {said}")

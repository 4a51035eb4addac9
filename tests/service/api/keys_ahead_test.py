"""The RSA keys that a station makes itself are made while orders wait, not while a card does."""

import unittest

from api_house import ApiTest
from station_house import CARD_READER


class KeysAhead(ApiTest):
    @classmethod
    def before_start(cls, house):
        house.set(socket=house.start_second_bench("bench", 0))
        super().before_start(house)

    def keys(self, name):
        with self.house.open("auditor", "/metrics") as answer:
            samples = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines()
                           if not line.startswith("#"))
        return int(samples[f"zegel_keys_{name}"])

    def test_a_card_is_given_a_key_that_was_there_before_it(self):
        self.house.send_orders("rsa", 2, profile="group-card-rsa2048")
        self.await_that(lambda: self.keys("ready") == 2, "a key for each order that came")
        self.house.end("station")
        self.house.start_station()
        self.await_that(lambda: self.keys("ready") == 2, "a key for each order that waited")
        self.house.hwsim("load", CARD_READER, 1, "5.7", "--directory", self.house.folder / "bench")
        self.await_that(lambda: "produced" in [order["state"] for order in
                                               self.house.report("rsa")["orders"]], "the card", 120)
        self.assertEqual(self.keys('given_total{made="ahead"}'), 1)
        self.assertEqual(self.keys('given_total{made="on-the-spot"}'), 0)


if __name__ == "__main__":
    unittest.main()

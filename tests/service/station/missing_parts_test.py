"""What a station does when a part of its house is gone: the token, the ledger, a profile."""

import unittest

from station_house import TOKEN_READER, StationTest


class MissingParts(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.start_bench(cards=1, tokens=1)
        house.start_station()

    def blanks(self, count):
        self.house.hwsim("load", TOKEN_READER, count, "5.7", "--directory",
                         self.house.folder / "bench")

    def states(self, batch):
        report = self.house.report(batch)
        return [order["state"] for order in report["orders"]] if report else []

    def test_1_a_token_that_is_gone_costs_no_blank(self):
        house = self.house
        self.blanks(1)
        house.send_orders("before", 1)
        self.await_that(lambda: self.states("before") == ["produced"], "the first card", 60)
        tokens, away = house.folder / "tokens", house.folder / "tokens-away"
        tokens.rename(away)
        tokens.mkdir(mode=0o700)
        self.blanks(2)
        house.send_orders("token", 2)
        self.await_that(lambda: "[token-unavailable]" in house.zegel("readers")[1],
                        "the reader to say that the token is gone", 60)
        # The reports of orders and of readers are files of their own.
        self.await_that(lambda: self.states("token") == ["queued", "queued"], "both to wait")
        spoiled = house.ledger_rows("SELECT count(*) FROM cards WHERE state='spoiled'")
        self.assertEqual(spoiled, [(0,)])
        tokens.rmdir()
        away.rename(tokens)
        house.end("station")
        house.start_station()
        self.await_that(lambda: self.states("token") == ["produced"] * 2, "both cards", 60)

    def test_2_orders_of_a_profile_that_is_taken_away_are_on_hold(self):
        house = self.house
        house.end("station")
        house.set(ignore_readers=["*"])
        house.start_station()
        house.send_orders("taken", 1)
        self.await_that(lambda: self.states("taken") == ["queued"], "the batch")
        house.end("station")
        profile = house.folder / "profiles/group-token-p256.toml"
        kept = profile.rename(house.folder / "kept.toml")
        house.start_station()
        self.await_that(lambda: self.states("taken") == ["on-hold"], "the order to be held")
        said = house.zegel("status", "taken")[1]
        self.assertIn("no longer offered", said)
        self.assertIn("order put on hold", house.zegel("audit")[1])
        house.end("station")
        kept.rename(profile)
        house.set(ignore_readers=[])
        house.start_station()
        house.zegel("order", "release", "taken-01", "--by", "A. Person", "--why", "it is back")
        self.blanks(1)
        self.await_that(lambda: self.states("taken") == ["produced"], "the card", 60)

    def test_3_no_station_begins_again_without_the_ledger_it_had(self):
        house = self.house
        house.end("station")
        ledger = house.folder / "ledger"
        away = ledger.rename(house.folder / "ledger-away")
        status, said = house.station_refuses()
        self.assertEqual(status, 1, said)
        self.assertIn("zegel restore", said)
        self.assertIn("[setting-unusable]", said)
        self.assertFalse((ledger / "station.sqlite").exists())
        if ledger.exists():
            ledger.rmdir()
        away.rename(ledger)


if __name__ == "__main__":
    unittest.main()

"""A bench full of readers: thirty-two in two PC/SC services, and cards plugged and pulled at random.

Small enough for every day; ZEGEL_CARDS_A_READER=10 and ZEGEL_PLUGS=200 make them as large as a day's
work of a bench.
"""

import os
import random
import tempfile
import time
import unittest

from station_house import CARD_READER, StationTest

READERS = 16  # as many as one service holds
CARDS_A_READER = int(os.environ.get("ZEGEL_CARDS_A_READER", "2"))
PLUGS = int(os.environ.get("ZEGEL_PLUGS", "25"))


class Bench(StationTest):
    @classmethod
    def readers_at(cls, house, services, cards):
        """Benches of sixteen readers each, and a station at all of them."""
        house.make(verbosity="everything")
        house.start_authority()
        house.set(url=house.authority_url + "/cmp")
        cls.sockets = {name: house.start_full_bench(name, READERS, cards) for name in services}
        house.use_services(cls.sockets)
        house.start_station()

    def chips(self):
        return {file.stem for file in self.house.folder.glob("*/chips/*.chip")}


class ThirtyTwoReaders(Bench):
    @classmethod
    def prepare(cls, house):
        cls.readers_at(house, ("left", "right"), CARDS_A_READER)
        cls.orders = 2 * READERS * CARDS_A_READER
        house.send_orders("bench", cls.orders, profile="group-card-p256")
        house.await_batch("bench", 600)
        # An order is produced a moment before its reader lets go of the card.
        house.await_that(lambda: all(reader["state"] == "done" for reader in house.readers()),
                         "every reader to be done", 60)

    def test_an_unattended_batch_runs_to_its_end_on_all_of_them(self):
        orders = self.house.report("bench")["orders"]
        self.assertEqual({order["state"] for order in orders}, {"produced"})
        self.assertEqual(len({order["chipSerial"] for order in orders}), self.orders)
        self.assertTruths(self.house, ["bench"])
        readers = self.house.readers()
        self.assertEqual(len(readers), 2 * READERS)
        self.assertEqual(sum(reader["made"] for reader in readers), self.orders)
        self.assertEqual(sum(reader["spoiled"] for reader in readers), 0)

    def test_the_command_tells_what_each_reader_does(self):
        told = self.house.zegel("readers")[1]
        for service in self.sockets:
            for number in range(READERS):
                self.assertRegex(told, f"{service}/{CARD_READER} 0{number:X} 00 .*done .*take the card out")

    def test_a_stranger_finds_on_the_cards_what_the_ca_issued(self):
        """yubico-piv-tool through each service, openssl on what it reads."""
        for service, socket in self.sockets.items():
            environment = {**os.environ, "PCSCLITE_CSOCK_NAME": socket}
            for number in random.sample(range(READERS), 2):
                reader = f"{CARD_READER} 0{number:X} 00"
                with self.subTest(reader=f"{service}/{reader}"), \
                        tempfile.NamedTemporaryFile(suffix=".pem") as certificate:
                    status, text = self.house.run_in(
                        environment, "yubico-piv-tool", "-r", reader, "-a", "read-certificate",
                        "-s", "9a", "-o", certificate.name)
                    self.assertEqual(status, 0, text)
                    status, text = self.house.run(
                        "openssl", "verify", "-no_check_time", "-CAfile",
                        self.house.folder / "authority/chain.pem", certificate.name)
                    self.assertEqual(status, 0, text)


class PluggedAndPulled(Bench):
    @classmethod
    def prepare(cls, house):
        cls.readers_at(house, ("bench",), 3)

    def plug_or_pull(self, chance):
        """One event at a random reader: its card is pulled, or one from anywhere is put in."""
        at = ("--directory", self.house.folder / "bench")
        number = chance.randrange(READERS) + 1
        if self.house.hwsim("pull", number, *at, check=False)[0] == 0:
            if chance.random() < 0.5:
                return
        chip = chance.choice(sorted(self.chips()))
        self.house.hwsim("insert", number, chip, *at, check=False)

    def test_costs_no_order_and_leaves_no_reader_stuck(self):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        self.house.send_orders("plugged", READERS, profile="group-card-p256")
        self.await_that(lambda: self.house.report("plugged"), "the batch")
        for _ in range(PLUGS):
            self.plug_or_pull(chance)
        with self.subTest(seed=seed):
            self.finish(chance)
            self.assertTruths(self.house, ["plugged"])

    def finish(self, chance):
        """As an operator would: every reader gets one card after another until all is made."""
        at = ("--directory", self.house.folder / "bench")
        looked_at = dict.fromkeys(range(1, READERS + 1), 0)

        def made():
            orders = self.house.report("plugged")["orders"]
            return all(order["state"] == "produced" for order in orders)

        def made_with_another_round():
            for number, since in looked_at.items():
                reader = next(one for one in self.house.readers() if f" 0{number - 1:X} 00" in one["reader"])
                # A card gets some seconds: the one in the reader may not have been looked at yet.
                if reader["state"] in ("working", "paused") or time.monotonic() < since + 2:
                    continue
                if made():
                    return True
                self.house.hwsim("pull", number, *at, check=False)
                self.house.hwsim("insert", number, chance.choice(sorted(self.chips())), *at,
                                 check=False)
                looked_at[number] = time.monotonic()
            return made()

        self.await_that(made_with_another_round, "all orders to be made", 400)


if __name__ == "__main__":
    unittest.main()

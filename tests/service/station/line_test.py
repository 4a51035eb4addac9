"""A bench full of readers: sixteen in one PC/SC service, thirty-two in two, and cards plugged and
pulled at random.

Small enough for every day; ZEGEL_CARDS=320 (on sixteen readers, and on thirty-two) and ZEGEL_PLUGS=200
make them as large as a day's work of a bench; ZEGEL_SEED throws the dice of an earlier run again.
"""

import os
import pathlib
import random
import re
import sys
import unittest

from station_house import CARD_READER, StationTest

READERS = 16  # as many as one service holds
PLUGS = int(os.environ.get("ZEGEL_PLUGS", "25"))
SEED = int(os.environ.get("ZEGEL_SEED") or random.randrange(1 << 30))
SET_ASIDE = "in a row failed here"
AT_WORK = (rf"{CARD_READER} 0[0-9A-F] 00 .* working +bench-\d+ .*(opening the chip|making keys|"
           "asking for certificates|guarding the chip|sealing the codes|proving the card)")


def cards_a_reader(readers):
    cards = os.environ.get("ZEGEL_CARDS")
    return max(1, int(cards) // readers) if cards else 2


def dice():
    print(f"ZEGEL_SEED={SEED}", file=sys.stderr)
    return random.Random(SEED)


def name_of(number):
    return f"{CARD_READER} 0{number:X} 00"


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


class Unattended:
    """A batch sent to a full bench, and nobody touches it until it is made."""

    services = ()

    @classmethod
    def prepare(cls, house):
        readers = READERS * len(cls.services)
        cls.readers_at(house, cls.services, cards_a_reader(readers))
        cls.orders = readers * cards_a_reader(readers)
        cls.told_at_work = ""
        house.send_orders("bench", cls.orders, profile="group-card-p256")
        house.await_batch("bench", 60 + 10 * cls.orders, lambda report: cls.listen(house))
        # An order is produced a moment before its reader lets go of the card.
        house.await_that(lambda: all(reader["state"] == "done" for reader in house.readers()),
                         "every reader to be done", 60)

    @classmethod
    def listen(cls, house):
        """Until a reader was found at work on an order."""
        if not re.search(AT_WORK, cls.told_at_work):
            cls.told_at_work = house.zegel("readers")[1]

    def test_the_batch_runs_to_its_end_on_all_of_them(self):
        orders = self.house.report("bench")["orders"]
        self.assertLessEqual({order["state"] for order in orders}, {"produced", "received"})
        self.assertEqual(len({order["chipSerial"] for order in orders}), self.orders)
        self.assertTruths(self.house, ["bench"])
        readers = self.house.readers()
        self.assertEqual(len(readers), READERS * len(self.services))
        self.assertEqual(sum(reader["made"] for reader in readers), self.orders)
        self.assertEqual(sum(reader["spoiled"] for reader in readers), 0)

    def test_the_command_tells_what_each_reader_does(self):
        self.assertRegex(self.told_at_work, AT_WORK)
        told = self.house.zegel("readers")[1]
        for service in self.sockets:
            for number in range(READERS):
                self.assertRegex(told, f"{service}/{name_of(number)} .*done .*take the card out")

    def test_a_stranger_finds_on_the_cards_what_the_ca_issued_and_signs_with_them(self):
        """yubico-piv-tool and OpenSC through each service, openssl on what they give."""
        chance = dice()
        samples = [(service, number) for service in self.sockets
                   for number in chance.sample(range(READERS), 2)]
        pins = self.pins_of(samples)
        (self.house.folder / "text").write_text("Signed by a stranger.\n")
        for service, number in samples:
            reader = f"{service}/{name_of(number)}"
            with self.subTest(reader=reader):
                environment = self.alone_with(service, number)

                def told(*words):
                    status, text = self.house.run_in(environment, *words)
                    self.assertEqual(status, 0, text)
                    return text

                told("yubico-piv-tool", "-r", name_of(number), "-a", "read-certificate", "-s", "9a",
                     "-o", "9a.pem")
                told("openssl", "verify", "-no_check_time", "-CAfile", "authority/chain.pem", "9a.pem")
                told("pkcs11-tool", "--login", "--pin", pins[reader], "--id", "01", "--sign",
                     "-m", "ECDSA-SHA256", "--signature-format", "openssl", "-i", "text",
                     "-o", "signature")
                told("openssl", "x509", "-in", "9a.pem", "-noout", "-pubkey", "-out", "9a.pub")
                self.assertIn("Verified OK", told("openssl", "dgst", "-sha256", "-verify", "9a.pub",
                                                  "-signature", "signature", "text"))

    def pins_of(self, samples):
        """{reader: PIN}, read by pdftotext from the letter of the card that lies in it."""
        made = {order["order"]: order for order in self.house.report("bench")["orders"]}
        lies_in = {reader["reader"]: made[reader["order"]] for reader in self.house.readers()}
        letter_of = {f"{service}/{name_of(number)}": lies_in[f"{service}/{name_of(number)}"]
                     for service, number in samples}
        for order in letter_of.values():
            accepted, said = self.house.receipt(order["certificateName"],
                                                order["certificateNumber"], "me")
            self.assertTrue(accepted, said)
        folder = self.house.folder / "sheets"
        self.house.print_letters(folder)
        sheets = [self.house.run("pdftotext", "-layout", sheet, "-")[1]
                  for sheet in pathlib.Path(folder).glob("*.pdf")]
        pins = {}
        for reader, order in letter_of.items():
            sheet = next(text for text in sheets if re.search(rf"\s{order['order']}$", text, re.MULTILINE))
            pins[reader] = re.search(r"\s{3}(\d{3} \d{3})$", sheet, re.MULTILINE)[1].replace(" ", "")
        return pins

    def alone_with(self, service, number):
        """An environment in which OpenSC sees one reader only: its slots are fewer than sixteen."""
        settings = self.house.folder / "opensc.conf"
        others = ", ".join(f'"{name_of(other)}"' for other in range(READERS) if other != number)
        settings.write_text(f"app default {{ ignored_readers = {others}; }}\n")
        return {**os.environ, "PCSCLITE_CSOCK_NAME": self.sockets[service], "OPENSC_CONF": str(settings),
                "HOME": str(self.house.folder)}


class SixteenReaders(Unattended, Bench):
    services = ("bench",)


class ThirtyTwoReaders(Unattended, Bench):
    services = ("left", "right")


class PluggedAndPulled(Bench):
    @classmethod
    def prepare(cls, house):
        cls.readers_at(house, ("bench",), 2)

    def bench(self, *words, check=True):
        return self.house.hwsim(*words, "--directory", self.house.folder / "bench", check=check)

    def plug_or_pull(self, chance):
        """One event at a random reader: its card is pulled, or one from anywhere is put in."""
        number = chance.randrange(READERS) + 1
        if self.bench("pull", number, check=False)[0] == 0:
            if chance.random() < 0.5:
                return
        self.bench("insert", number, chance.choice(sorted(self.chips())), check=False)

    def states(self, batch):
        return [order["state"] for order in self.house.report(batch)["orders"]]

    def test_costs_no_order_and_leaves_no_reader_stuck(self):
        chance = dice()
        # More than there are chips: however fast they are made, some are open all the time.
        orders = max(PLUGS, len(self.chips())) + 1
        self.house.send_orders("plugged", orders, profile="group-card-p256")
        self.await_that(lambda: self.house.report("plugged"), "the batch")
        for _ in range(PLUGS):
            self.plug_or_pull(chance)
        self.assertNotEqual(set(self.states("plugged")), {"produced"})
        self.take_all_cards_out()
        batches = self.make_one_more_at_each_reader()
        self.assertEqual(len(self.states("plugged")), orders)
        self.assertLessEqual(set(self.states("plugged")), {"produced", "queued"})
        self.assertTruths(self.house, ["plugged", *batches])

    def take_all_cards_out(self):
        def is_empty(number):
            # The hopper may be about to put the next one in.
            return "there is no card in" in self.bench("pull", number, check=False)[1]

        for number in range(1, READERS + 1):
            self.await_that(lambda: is_empty(number), f"reader {number} to be empty")
        self.await_that(lambda: all(reader["state"] == "empty" or SET_ASIDE in reader["message"]
                                    for reader in self.house.readers()), "every reader to be left")

    def make_one_more_at_each_reader(self):
        """An order for each of them alone, and a blank: a reader that is stuck makes none."""
        before = {reader["reader"]: reader for reader in self.house.readers()}
        self.assertEqual(len(before), READERS)
        by = ("--by", "T. Ester", "--why", "each reader is tried")
        batches = [f"reader-{number:02}" for number in range(1, READERS + 1)]
        for batch, (reader, status) in zip(batches, sorted(before.items())):
            self.house.send_orders(batch, 1, profile="group-card-p256")
            self.await_that(lambda: self.house.report(batch), batch)
            if SET_ASIDE in status["message"]:  # pulled three times, by bad luck
                self.house.zegel("reader", "resume", reader, *by)
            self.house.zegel("reader", "bind", reader, batch, *by)
        for number in range(1, READERS + 1):
            self.bench("load", number, 1, "5.7")
        for batch in batches:
            self.house.await_batch(batch, 300)
            self.assertEqual(self.states(batch), ["produced"])

        def counted():
            return {reader["reader"]: (reader["made"], reader["spoiled"])
                    for reader in self.house.readers()}

        one_more = {name: (reader["made"] + 1, reader["spoiled"]) for name, reader in before.items()}
        self.await_that(lambda: counted() == one_more, "each reader to have made one, and spoiled none")
        return batches


if __name__ == "__main__":
    unittest.main()

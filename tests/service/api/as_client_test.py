"""What `zegel` asks in the name of a certificate: no folder of the station's is between."""

import json
import re
import unittest

from api_house import ApiTest, batch_of
from card_house import CardHouse


class AsClient(ApiTest):
    """Orders for tokens, and a reader of cards: none is ever made."""

    @classmethod
    def setUpClass(cls):
        cls.house = CardHouse()
        cls.addClassCleanup(cls.house.close)
        cls.prepare(cls.house)
        cls.file = cls.house.folder / "as-client.json"
        cls.file.write_bytes(batch_of("as-client", 2))
        cls.sent = cls.house.zegel_as("order-system", "batch", "send", cls.file)

    @classmethod
    def before_start(cls, house):
        house.set(socket=house.start_second_bench("bench", 1))
        super().before_start(house)

    def asked(self, client, *words):
        return self.house.zegel_as(client, *words)

    def latest_record(self, act):
        return next(record for record in reversed(json.loads(
            self.house.zegel("audit", "--json")[1])["records"]) if record["act"] == act)

    def test_a_batch_is_sent_once(self):
        self.assertEqual(self.sent, (0, "batch as-client is taken: 2 orders accepted"))
        self.assertEqual(self.asked("order-system", "batch", "send", self.file),
                         (0, "batch as-client was taken before: 2 orders accepted"))
        self.assertEqual(self.house.ask("auditor", "/v1/batches/as-client")[1]["count"], 2)

    def test_a_batch_that_cannot_be_sent_is_named(self):
        status, said = self.asked("order-system", "batch", "send", self.house.folder / "gone.json")
        self.assertEqual(status, 1)
        self.assertIn("gone.json: cannot be read", said)
        status, said = self.asked("dispatch", "batch", "send", self.file)
        self.assertEqual(status, 1)
        self.assertIn("no role of this certificate", said)

    def test_an_order_is_decided_by_the_certificate(self):
        self.assertEqual(self.asked("operator", "order", "hold", "as-client-02", "--why", "odd"),
                         (0, "accepted: order as-client-02 is on hold"))
        self.assertIn("operator", json.dumps(self.latest_record("order held")))
        self.assertEqual(self.house.ask("auditor", "/v1/orders/as-client-02")[1]["state"], "on-hold")
        status, said = self.asked("dispatch", "order", "release", "as-client-02", "--why", "mine")
        self.assertEqual(status, 1)
        self.assertEqual(self.asked("operator", "order", "release", "as-client-02", "--why", "well"),
                         (0, "accepted: order as-client-02 waits for a card again"))

    def test_nobody_speaks_for_another(self):
        status, said = self.asked("operator", "order", "hold", "as-client-01", "--why", "odd",
                                  "--by", "the boss")
        self.assertEqual(status, 2)
        self.assertIn("your certificate says who decides", said)

    def test_a_reader_is_ruled_by_the_certificate(self):
        self.house.await_that(self.house.readers, "the reader", 30)
        reader = self.house.readers()[0]["reader"]
        status, said = self.asked("operator", "reader", "bind", reader, "as-client", "--why", "only")
        self.assertEqual((status, said), (0, f"accepted: reader {reader} makes cards of batch as-client"))
        status, said = self.asked("operator", "reader", "free", reader, "--why", "any")
        self.assertEqual((status, said), (0, f"accepted: reader {reader} makes cards of any batch"))

    def test_a_receipt_is_heard_by_the_certificate(self):
        receipt = ("receipt", "--name", "TRIAL", "--number", "ZG-2026-000001-01", "--by", "the receiver")
        status, said = self.asked("dispatch", *receipt)
        self.assertEqual(status, 1)
        self.assertTrue(said.startswith("refused: "), said)
        status, said = self.asked("operator", *receipt)
        self.assertEqual(status, 1)
        self.assertFalse(said.startswith("refused: "), said)

    def test_a_doubt_is_settled_by_the_certificate(self):
        status, said = self.asked("supervisor", "doubt", "never-issued", "00" * 16, "--why", "asked")
        self.assertEqual(status, 1)
        self.assertIn("00" * 16, said)
        status, said = self.asked("supervisor", "doubt", "issued", "00" * 16, "--why", "asked")
        self.assertEqual(status, 2)
        self.assertIn("--certificate FILE or --serial SERIAL", said)

    def test_a_stranger_s_certificate_is_told_so(self):
        stranger = self.house.folder / "api/stranger.toml"
        key, certificate = (self.house.folder / f"api/stranger.{kind}" for kind in ("key", "pem"))
        self.house.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:P-256", "-noenc", "-days", "1", "-keyout", key, "-out",
                       certificate, "-subj", "/CN=stranger")
        key.chmod(0o600)
        words = self.house.client_file("operator").read_text()
        stranger.write_text(words.replace("operator", "stranger"))
        status, said = self.house.zegel("loans", "--as", stranger, check=False)
        # TLS 1.3: whether the client reads the alert before the connection is gone is chance.
        self.assertEqual(status, 3)
        self.assertRegex(said, "is of no CA that the station lets in|of a CA that it does not let in")
        stranger.write_text(words.replace("operator.key", "dispatch.key"))
        status, said = self.house.zegel("loans", "--as", stranger, check=False)
        self.assertEqual(status, 1)
        self.assertIn("dispatch.key: does not belong to the certificate in", said)


class ClosedInbox(ApiTest):
    """Where everybody who decides has a certificate."""

    @classmethod
    def before_start(cls, house):
        house.set(socket=house.start_second_bench("bench", 1))
        super().before_start(house)
        file = house.folder / "station.toml"
        text = file.read_text()
        file.write_text(re.sub("^inbox = .*$", r"\g<0>\ninbox_takes = ['batches']", text, flags=re.M))

    def test_takes_batches_and_nobody_s_word(self):
        self.house.send_orders("closed", 1)
        self.await_that(lambda: self.house.report("closed"), "the batch")
        for words in (("order", "hold", "closed-01", "--why", "odd"),
                      ("receipt", "--name", "TRIAL", "--number", "ZG-2026-000001-01")):
            status, said = self.house.zegel(*words, "--by", "anybody", check=False)
            self.assertEqual(status, 1)
            self.assertRegex(said, "^refused: files of this kind are not taken here .*--as FILE")
        self.assertEqual(self.house.ask("auditor", "/v1/orders/closed-01")[1]["state"], "queued")


if __name__ == "__main__":
    unittest.main()

"""A station with a reader, whose cards people revoke: with the code from a letter, or in twos."""

import json
import pathlib
import subprocess

from api_house import ApiHouse, ApiTest, batch_of
import revoked  # isort: skip: api_house tells where it is
from at_terminal import at_terminal  # isort: skip: so for this


class CardHouse(ApiHouse):
    watches_crl = True

    def zegel_as(self, client, *words, typed=None):
        """(exit status, what it said); `typed` comes from standard input."""
        done = subprocess.run([str(self.programs / "zegel"), *map(str, words), "--as",
                               str(self.client_file(client))], env=self.environment,
                              input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60)
        return done.returncode, done.stdout.strip()

    def typed_at_a_terminal(self, client, answer, *words):
        """(exit status, what the terminal shows) of `zegel` at a terminal of its own, where `answer`
        is typed once it asks."""
        words = (self.programs / "zegel", *words, "--as", self.client_file(client))
        return at_terminal(words, self.environment, self.folder, "code: ", answer)

    def codes_of(self, orders):
        """{order: revocation code}, read by pdftotext from the letters that receipts release."""
        for order in orders:
            accepted, words = self.receipt(order["certificateName"], order["certificateNumber"], "me")
            assert accepted, words
        pdfs = self.folder / "pdf"
        self.print_letters(pdfs)
        codes = {}
        for pdf in sorted(pathlib.Path(pdfs).glob("*.pdf")):
            text = self.run("pdftotext", "-layout", pdf, "-")[1]
            order = next(order["order"] for order in orders if order["order"] in text)
            codes[order] = revoked.CODE.findall(text)[0]
        return codes

    def crl(self):
        """{serial: reason as openssl writes it}, of the list that the CA publishes."""
        return revoked.listed(self)

    def revoke(self, client="order-system", **fields):
        body = {"reason": "keyCompromise", **fields}
        return self.ask(client, "/v1/revocations", json.dumps(body).encode())

    def post(self, client, path, **fields):
        return self.ask(client, path, json.dumps(fields).encode())

    def serials_of(self, order):
        """Of the certificates of an order's card, as numbers."""
        _, shown = self.ask("auditor", f"/v1/orders/{order}")
        return {int(each["serial"], 16) for each in shown["certificates"]}

    def states_of(self, order):
        _, shown = self.ask("auditor", f"/v1/orders/{order}")
        return {each["state"] for each in shown["certificates"]}


class CardTest(ApiTest):
    cards = 1

    @classmethod
    def setUpClass(cls):
        cls.house = CardHouse()
        cls.addClassCleanup(cls.house.close)
        cls.prepare(cls.house)
        cls.house.send_batch(batch_of("cards", cls.cards, profile="group-card-p256"), "cards.json")
        cls.made = cls.house.await_batch("cards")["orders"]
        assert all(order["state"] == "produced" for order in cls.made), cls.made

    @classmethod
    def before_start(cls, house):
        house.set(socket=house.start_second_bench("bench", cls.cards))
        house.set(crl=[house.authority_url + "/crl"])
        super().before_start(house)

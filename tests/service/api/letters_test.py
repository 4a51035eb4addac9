"""What the print room asks of a real station: released letters, each to one only, whatever dies on
the way. What it is given is judged with openssl."""

import itertools
import json
import signal
import unittest

import jsonschema
from api_house import ApiTest, batch_of
from rights_test import DOCUMENT, ROLES
from verbs_test import schema_of

RECEIVED = 7
HELD = 4  # one of them is left alone, the others are sent
AFTER_DISPATCH = "group-token-at-once"


class Letters(ApiTest):
    """A house without a folder for letters, where some cards of a batch were received."""

    @classmethod
    def prepare(cls, house):
        house.make()
        usual = (house.folder / "profiles/group-token-p256.toml").read_text()
        (house.folder / f"profiles/{AFTER_DISPATCH}.toml").write_text("".join(
            line for line in usual.replace('"after-receipt"', '"after-dispatch"').splitlines(True)
            if not line.startswith("receipt_")))
        house.start_authority()
        house.start_bench(cards=1, tokens=RECEIVED + HELD + 1)
        house.unset("letters")
        file = house.folder / "station.toml"
        file.write_text(file.read_text().replace("[station]\n", '[station]\nnotes = "notes"\n'))
        house.api(requests_per_second=100000)
        house.start_station()
        house.send_orders("b", RECEIVED + HELD)
        house.send_orders("at-once", 1, profile=AFTER_DISPATCH)
        report = house.await_batch("b", 120)
        house.await_batch("at-once")
        for order in report["orders"][:RECEIVED]:
            answer = cls.receipt(house, order)
            if not answer["accepted"]:
                raise AssertionError(answer)
        cls.orders = report["orders"]
        cls.here = [order["order"] for order in report["orders"][RECEIVED + 1:]]
        cls.ids = map("id-{}".format, itertools.count())
        released = house.ask("print-room", "/v1/letters?state=released")[1]["letters"]
        cls.free = [letter["letter"] for letter in released]

    @staticmethod
    def receipt(house, order):
        return house.ask("order-system", "/v1/receipts", json.dumps(
            {"receipt": f"r{order['order'].replace('-', '')}", "name": order["certificateName"], "by": "me",
             "number": order["certificateNumber"], "at": "2026-11-21T09:30:00Z"}).encode())[1]

    def letter(self):
        """One that no other test has."""
        return f"/v1/letters/{type(self).free.pop()}"

    def state(self, letter):
        status, shown = self.house.ask("print-room", letter)
        self.assertEqual(status, 200)
        jsonschema.validate(shown, schema_of("get", letter, 200))
        return shown["state"]

    def desk(self, path, **words):
        words.setdefault("id", next(self.ids))
        return self.told("dispatch", path, words)

    def tell(self, letter, act, client="print-room", **words):
        words.setdefault("id", next(self.ids))
        return self.told(client, f"{letter}/{act}", words)

    def told(self, client, path, words):
        status, said = self.house.ask(client, path, json.dumps(words).encode())
        if status == 200:
            jsonschema.validate(said, schema_of("post", path, 200))
        return status, said

    def take(self, letter, taking):
        return self.house.octets("print-room", f"{letter}/take", {"id": taking})

    def text_of(self, signed):
        file = self.house.folder / "taken.letter"
        file.write_bytes(signed)
        return self.text_in(file)

    def text_in(self, file):
        """What the station signed, as openssl reads it."""
        self.house.run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", file,
                                 "-certfile", "seal/station.pem", "-CAfile", "seal/station.pem",
                                 "-purpose", "any", "-out", "signed.txt")
        return (self.house.folder / "signed.txt").read_text()

    def test_they_are_listed_without_a_word_of_whose_they_are(self):
        status, page = self.house.ask("print-room", "/v1/letters?limit=6")
        self.assertEqual((status, len(page["letters"])), (200, 6))
        _, rest = self.house.ask("print-room", f"/v1/letters?limit=6&after={page['next']}")
        for answer in (page, rest):
            jsonschema.validate(answer, schema_of("get", "/v1/letters", 200))
        every = page["letters"] + rest["letters"]
        self.assertEqual(len({letter["letter"] for letter in every}), RECEIVED + HELD + 1)
        self.assertEqual({(letter["template"], letter["language"], letter["carrier"])
                          for letter in every}, {("pin-letter", "nl", "usb-token")})
        said = json.dumps(every)
        for order in self.orders:
            for word in (order["order"] + '"', order["certificateNumber"], order["certificateName"],
                         order["chipSerial"]):
                self.assertNotIn(word, said)
        held = self.house.ask("dispatch", "/v1/letters?state=held")[1]["letters"]
        self.assertGreater(len(held), 0)
        self.assertProblem(self.house.ask("auditor", "/v1/letters?state=lost"), 400, "state")
        self.assertProblem(self.house.ask("print-room", "/v1/letters/none"), 404, "none")
        self.assertProblem(self.tell(f"/v1/letters/{held[0]['letter']}", "take"), 409, "is held")

    def test_one_that_was_taken_is_given_to_nobody_else_though_the_station_was_killed(self):
        letter = self.letter()
        status, kind, signed = self.take(letter, "taking-1")
        self.assertEqual((status, kind), (200, "application/octet-stream"))
        text = self.text_of(signed)
        self.assertTrue(text.startswith("zegel-letter 1\nletter: " + letter.rsplit("/", 1)[1]), text)
        self.house.end("station", signal.SIGKILL)
        self.house.start_station()
        self.assertEqual(self.state(letter), "printing")
        self.assertEqual(self.take(letter, "taking-2")[0], 409)
        again = self.take(letter, "taking-1")
        self.assertEqual((again[0], self.text_of(again[2])), (200, text), "the same letter")
        self.assertEqual(self.tell(letter, "printed")[0], 200)
        self.assertEqual(self.take(letter, "taking-1")[0], 409)

    def test_one_that_cannot_be_made_now_is_said_so_and_stays_released(self):
        letter, profile = self.letter(), self.house.folder / "profiles/group-token-p256.toml"
        self.house.end("station")
        profile.rename(profile.with_suffix(".away"))
        self.house.start_station()
        self.assertEqual(self.take(letter, "cannot")[0], 422)
        self.assertEqual(self.state(letter), "released")
        self.house.end("station")
        profile.with_suffix(".away").rename(profile)
        self.house.start_station()
        self.assertEqual(self.take(letter, "cannot")[0], 200)

    def test_one_that_was_given_back_is_taken_under_another_id(self):
        letter = self.letter()
        self.take(letter, "back-1")
        self.assertProblem(self.tell(letter, "give-back", id="g", taken="back-1"), 422, "reason")
        self.assertProblem(self.tell(letter, "give-back", id="g", reason="no paper"), 422, "taken")
        back = {"id": "g", "taken": "back-1", "reason": "no paper"}
        self.assertEqual(self.tell(letter, "give-back", **back)[0], 200)
        self.assertEqual(self.state(letter), "released")
        self.assertEqual(self.tell(letter, "give-back", **back)[1]["outcome"], "already done")
        self.assertProblem(self.tell(letter, "give-back", **{**back, "reason": "jam"}), 409,
                           "g was given")
        self.assertEqual(self.take(letter, "back-1")[0], 409)
        self.assertEqual(self.take(letter, "back-2")[0], 200)
        self.assertEqual(self.state(letter), "printing")

    def test_what_a_machine_took_that_is_gone_two_persons_settle(self):
        letter = self.letter()
        asking = DOCUMENT["paths"]["/v1/letters/{letter}/abandoned"]["post"]
        def ask(by, number):
            return self.tell(letter, "abandoned", by, id=number, reason="it burnt", outcome="spoiled")
        def grant(by):
            return self.told(by, f"/v1/approvals/{number}/grant", {"id": f"yes-{by}", "reason": "ash"})
        self.assertProblem(ask("supervisor", "early"), 409, "is released")
        self.assertEqual(self.take(letter, "gone")[0], 200)
        number = "gone-1"
        for role in ROLES:
            with self.subTest(f"{role} asks"):
                self.assertEqual(ask(role, number)[0], 202 if role in asking["x-roles"] else 403)
        for role in set(ROLES) - set(asking["x-second-roles"]):
            with self.subTest(f"{role} grants"):
                self.assertIn(grant(role)[0], (403, 404))
        self.assertProblem(grant("supervisor"), 409, "another person")
        self.assertEqual(self.state(letter), "printing")
        self.assertEqual(grant("dispatch")[0], 200)
        self.assertEqual(self.state(letter), "spoiled")
        self.assertProblem(self.tell(letter, "printed"), 409, "is spoiled")

    def test_what_may_have_been_printed_a_person_settles(self):
        letter = self.letter()
        self.take(letter, "jam-1")
        self.assertEqual(self.tell(letter, "uncertain", reason="the printer jammed")[0], 200)
        self.assertProblem(self.tell(letter, "printed"), 409, "printed-uncertain")
        self.assertProblem(self.tell(letter, "settle", reason="r", outcome="lost"), 422, "outcome")
        self.assertEqual(self.tell(letter, "settle", "supervisor", reason="torn",
                                   outcome="spoiled")[0], 200)
        self.assertEqual(self.state(letter), "spoiled")
        waiting = self.house.ask("operator", "/v1/exceptions")[1]
        jsonschema.validate(waiting, schema_of("get", "/v1/exceptions", 200))
        self.assertIn(letter.rsplit("/", 1)[1], [each["letter"] for each in waiting["letters"]])
        self.assertIn("printed or not: it waits for a person", self.house.log())
        told = [(record["who"], record["act"], record["why"]) for record in
                self.house.ask("auditor", "/v1/audit?limit=1000")[1]["records"]
                if record["subject"] == letter.rsplit("/", 1)[1]]
        self.assertEqual(told, [("print-room", "letter taken", ""),
                                ("print-room", "letter perhaps printed", "the printer jammed"),
                                ("supervisor", "letter found spoiled", "torn")])

    def test_one_whose_card_is_revoked_goes_to_no_post_and_its_codes_are_destroyed(self):
        letter = self.letter()
        name = letter.rsplit("/", 1)[1]
        order = next(order["order"] for order in self.orders if self.house.ask(
            "dispatch", f"/v1/orders/{order['order']}")[1]["letterId"] == name)
        self.assertEqual(self.take(letter, "revoked-1")[0], 200)
        asked = {"id": "stolen", "reason": "stolen", "crlReason": "keyCompromise"}
        self.assertEqual(self.told("operator", f"/v1/orders/{order}/revoke", asked)[0], 202)
        self.assertEqual(self.told("supervisor", "/v1/approvals/stolen/grant",
                                   {"id": "yes-stolen", "reason": "seen"})[0], 200)
        self.assertEqual(self.state(letter), "printing")
        status, said = self.tell(letter, "printed")
        self.assertEqual((status, "destroy the sheet" in said["outcome"]), (200, True), said)
        waiting = self.house.ask("operator", "/v1/exceptions")[1]["letters"]
        self.assertIn((name, "printed"), [(each["letter"], each["state"]) for each in waiting])
        self.assertProblem(self.tell(letter, "posted"), 409, "its card is revoked")
        self.assertEqual(self.tell(letter, "settle", reason="shredded", outcome="spoiled")[0], 200)
        self.assertEqual(self.state(letter), "destroyed")

    def test_a_receipt_stands_in_the_audit_under_who_brought_it(self):
        taken = [(record["who"], record["why"]) for record in
                 self.house.ask("auditor", "/v1/audit?limit=1000")[1]["records"]
                 if record["act"] == "receipt accepted"]
        self.assertGreaterEqual(len(taken), RECEIVED)
        for who, why in taken:
            self.assertEqual(who, "order-system")
            self.assertRegex(why, "; confirmed by me, brought with certificate sha256:[0-9a-f]{64}$")

    def test_one_goes_to_the_post_and_may_come_back(self):
        letter = self.letter()
        self.assertProblem(self.tell(letter, "posted"), 409, "is released")
        self.take(letter, "post-1")
        for act, words, state in (("printed", {}, "printed"), ("posted", {}, "posted"),
                                  ("returned", {"reason": "moved away"}, "returned")):
            self.assertEqual(self.tell(letter, act, **words)[0], 200)
            self.assertEqual(self.state(letter), state)
        events = self.house.ask("auditor", "/v1/events?limit=1000")[1]["events"]
        self.assertEqual([event["type"] for event in events
                          if event["subject"] == "letter/" + letter.rsplit("/", 1)[1]],
                         [f"zegel.letter.{state}" for state in
                          ("held", "released", "printing", "printed", "posted", "returned")])

    # --- cards on their way ----------------------------------------------------------------------

    def order_state(self, order):
        return self.house.ask("dispatch", f"/v1/orders/{order}")[1]["state"]

    def test_a_card_goes_with_a_note_and_what_is_lent_with_it_once(self):
        order, other = self.here[0], self.here[1]
        path, loan = f"/v1/orders/{order}/dispatch", {"kind": "reader", "serial": "CR-42"}
        self.assertProblem(self.desk(path, loan={"kind": "car", "serial": "1"}), 422, "loan.kind")
        self.assertEqual(self.desk(path, id="out", track="3S1", loan=loan)[0], 200)
        self.assertEqual(self.desk(path, id="out", track="3S1", loan=loan)[1]["outcome"],
                         "already done")
        self.assertProblem(self.desk(path, id="out", track="3S2", loan=loan), 409, "out was given")
        self.assertProblem(self.desk(path), 409, "is dispatched")
        self.assertEqual(self.order_state(order), "dispatched")
        note = self.text_in(f"notes/{order}.note")
        self.assertTrue(note.startswith("zegel-note 1\nkind: dispatch-note\nlanguage: nl\n"), note)
        self.assertIn("\ntrack: 3S1\nloan-kind: reader\nloan-serial: CR-42\nreceive-by: 20", note)
        self.assertIn("kind: loan-note", self.text_in(f"notes/{order}+loan.note"))
        self.assertProblem(self.desk(f"/v1/orders/{other}/dispatch", loan=loan), 409, order)
        self.assertEqual(self.order_state(other), "produced")
        _, lent = self.house.ask("dispatch", "/v1/loans?open=1")
        jsonschema.validate(lent, schema_of("get", "/v1/loans", 200))
        self.assertEqual([(each["serial"], each["order"]) for each in lent["loans"]],
                         [("CR-42", order)])
        self.assertProblem(self.desk("/v1/loans/CR-43/returned", reason="r"), 404, "CR-43")
        self.assertEqual(self.desk("/v1/loans/cr-42/returned", reason="whole")[0], 200)
        self.assertEqual(self.house.ask("dispatch", "/v1/loans?open=1")[1]["loans"], [])

    def test_what_no_paper_can_say_is_refused_before_a_card_goes(self):
        path = f"/v1/orders/{self.here[1]}/dispatch"
        for words, why in (({"track": "3S-\u6a94"}, "track"), ({"track": "3" * 36}, "track"),
                           ({"loan": {"kind": "reader", "serial": "C" * 33}}, "loan.serial"),
                           ({"loan": {"kind": "reader", "serial": "CR-\u00e9"}}, "loan.serial")):
            with self.subTest(words):
                self.assertProblem(self.desk(path, **words), 422, why)
        self.assertEqual(self.order_state(self.here[1]), "produced")

    def test_a_rejected_order_is_told_of_on_paper_at_once(self):
        self.house.send_orders("late", 1)
        order = "late-01"
        self.await_that(lambda: self.house.order("late").get("state") == "queued", "the order")
        reject = ("order", "reject", order, "--by", "A. Person", "--why")
        for why, refused in (("\u6a94", "the reason holds"), ("w" * 200, "a word without end"),
                             ("x" * 513, "shorten it to 512")):
            status, said = self.house.zegel(*reject, why, check=False)
            self.assertEqual((status, refused in said), (1, True), said)
            self.assertNotIn("lay it out", said)
        self.assertEqual(self.order_state(order), "queued")
        status, said = self.house.zegel(*reject, "the KvK number is another organisation's ")
        self.assertIn(f"order {order} is rejected; its notice", said)
        shown = self.house.zegel("order", order)[1]
        self.assertIn("another organisation's (A. Person)", shown)
        self.assertNotIn("next:", shown, "who decided that knows")
        self.house.run(self.house.programs / "zegel-pinmailer", "note",
                       f"notes/{order}+rejection.note", "--output", "notice.pdf",
                       "--station-certificate", "seal/station.pem")
        page = " ".join(self.house.run("pdftotext", "notice.pdf", "-")[1].split())
        self.assertIn("the KvK number is another organisation's", page)
        self.assertNotIn("A. Person", page, "its applicant hears why, and not from whom")

    def test_a_card_that_came_back_is_sent_once_more(self):
        order = self.here[2]
        path = f"/v1/orders/{order}"
        self.assertProblem(self.desk(path + "/returned", reason="r"), 409, "only one that was sent")
        self.desk(path + "/dispatch")
        self.assertEqual(self.desk(path + "/returned", reason="moved away")[0], 200)
        self.assertEqual(self.order_state(order), "produced")
        back = [card["order"] for card in self.house.ask("operator", "/v1/exceptions")[1]["cards"]]
        self.assertIn(order, back)
        self.assertEqual(self.desk(path + "/dispatch")[0], 200)
        self.assertEqual(self.order_state(order), "dispatched")

    def test_a_letter_goes_with_its_card_where_the_product_says_so(self):
        order = self.house.report("at-once")["orders"][0]
        self.assertEqual(order["letter"], "held")
        self.assertEqual(self.desk(f"/v1/orders/{order['order']}/dispatch")[0], 200)
        self.assertEqual(self.house.ask("dispatch", f"/v1/orders/{order['order']}")[1]["letter"],
                         "released")
        self.assertTrue(self.receipt(self.house, order)["accepted"])


if __name__ == "__main__":
    unittest.main()

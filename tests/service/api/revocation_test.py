"""Cards revoked with the code from their letter, until the CA's list shows it: judged by openssl,
pdftotext and the access log."""

import contextlib
import json
import signal
import threading
import unittest

from card_house import CardTest

# What RFC 5280 calls a reason, and what openssl crl -text writes for it.
REASONS = {"keyCompromise": "Key Compromise", "affiliationChanged": "Affiliation Changed",
           "superseded": "Superseded", "cessationOfOperation": "Cessation Of Operation",
           "privilegeWithdrawn": "Privilege Withdrawn", "unspecified": "none written"}


class WithCode(CardTest):
    cards = 1 + len(REASONS)  # the first one is guessed at

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.codes = cls.house.codes_of(cls.made)

    def audit(self, subject):
        _, trail = self.house.ask("auditor", "/v1/audit?limit=1000")
        return [(record["who"], record["act"]) for record in trail["records"]
                if record["subject"] == subject]

    def test_1_a_wrong_code_and_a_number_that_no_card_has_are_answered_alike(self):
        order, other = self.made[0], self.made[1]
        said = []
        for number in (order["certificateNumber"], "0123456789ABCDEF"):
            for n in range(5):
                answer = self.house.revoke(id=f"wrong-{number}-{n}", number=number,
                                           code=self.codes[other["order"]])
                self.assertProblem(answer, 409, "do not belong together")
                said.append(answer[1]["detail"])
            answer = self.house.revoke(id="right", number=number, code=self.codes[order["order"]])
            self.assertProblem(answer, 429, "too many wrong codes")
        self.assertEqual(len(set(said)), 1)
        self.assertEqual(self.audit(order["certificateNumber"]).count(
            ("order-system", "revocation refused")), 5)

    def test_2_neither_kill_nor_restart_forgets_the_wrong_codes(self):
        def counted():
            return self.house.ledger_rows("SELECT subject, wrong, last FROM code_tries ORDER BY 1")

        before = counted()
        self.assertEqual([wrong for subject, wrong, _ in before
                          if not subject.startswith("client")], [5, 5])
        self.house.end("station", signal.SIGKILL)
        self.house.start_station()
        self.assertEqual(counted(), before)

    def test_3_many_tries_at_once_are_not_more_tries(self):
        number = "FEDCBA9876543210"
        said = []

        def guess(n):
            said.append(self.house.revoke(id=f"flood-{n}", number=number,
                                          code=self.codes[self.made[1]["order"]])[0])

        guesses = [threading.Thread(target=guess, args=(n,)) for n in range(12)]
        for each in guesses:
            each.start()
        for each in guesses:
            each.join()
        self.assertEqual(sorted(said), [409] * 5 + [429] * 7)

    def test_4_every_reason_stands_in_the_crl_by_its_name(self):
        """By one number of the card or another."""
        orders = dict(zip(REASONS, self.made[1:]))
        numbers = {}
        for n, (reason, order) in enumerate(orders.items()):
            serial = format(min(self.house.serials_of(order["order"])), "X")
            numbers[reason] = (order["certificateNumber"], order["chipSerial"], serial)[n % 3]
        before = self.house.crl()
        for reason, order in orders.items():
            code = self.codes[order["order"]]
            if reason == "superseded":
                status, said = self.house.typed_at_a_terminal(
                    "order-system", code, "revoke", numbers[reason], "--reason", reason)
                self.assertEqual(status, 0, said)
                self.assertIn(f"the card of order {order['order']} is revoked", said)
                self.assertNotIn(code, said, "it is not shown")
                continue
            status, said = self.house.revoke(id=f"revoke-{reason}", number=numbers[reason].lower(),
                                             reason=reason, code=code.lower().replace(" ", "-"))
            self.assertEqual(status, 200, said)
            self.assertEqual(said["order"], order["order"])
        for reason, order in orders.items():
            serials = self.house.serials_of(order["order"])
            self.assertEqual(len(serials), 3)
            self.assertFalse(serials & set(before))
            self.await_that(lambda: self.house.states_of(order["order"]) == {"in-crl"},
                            f"{reason} in the CRL")
            listed = self.house.crl()
            self.assertEqual({listed[serial] for serial in serials}, {REASONS[reason]})
            _, card = self.house.ask("auditor", f"/v1/cards/{order['chipSerial']}")
            self.assertEqual((card["state"], card["reason"]), ("revoked", reason))
            self.assertIn(("order-system", f"card revoked: {reason}"), self.audit(order["order"]))
        status, said = self.house.revoke(id="again", number=self.made[1]["certificateNumber"],
                                         code=self.codes[self.made[1]["order"]])
        self.assertEqual((status, "was revoked before" in said["outcome"]), (200, True))
        waiting = json.loads(self.house.zegel("exceptions", "--json")[1])
        waiting.pop("waitedFor")  # this house has no order system that listens
        self.assertEqual({kind: all for kind, all in waiting.items() if all}, {})

    def test_5_what_is_not_quite_a_request_is_refused_and_counts_as_no_try(self):
        number, code = self.made[1]["certificateNumber"], self.codes[self.made[1]["order"]]
        good = {"id": "x-1", "number": number, "code": code}
        slip = code[:-1] + ("2" if code[-1] == "3" else "3")  # its check symbol tells
        for change, *words in (({"reason": "6"}, "reason", "privilegeWithdrawn"),
                               ({"reason": "certificateHold"}, "reason"),
                               ({"code": slip}, "code", "no revocation code"),
                               ({"code": 12}, "code"), ({"number": "my card"}, "number"),
                               ({"id": "a b"}, "id"), ({"colour": 1}, "colour")):
            with self.subTest(change):
                self.assertProblem(self.house.revoke(**{**good, **change}), 422, *words)
        # Of some codes every symbol is a hexadecimal digit, and so a serial number's.
        other = next(each for each in self.codes.values() if set(each) & set("GHJKMNPQRSTUVWXYZ"))
        swapped = self.house.revoke(id="x-2", number=other, code=number)
        self.assertProblem(swapped, 422, "number")

    def test_6_no_code_stands_in_a_log_the_ledger_or_the_audit_trail(self):
        everything = b""
        for folder in ("log", "ledger", "reports", "inbox"):
            for file in (self.house.folder / folder).rglob("*"):
                with contextlib.suppress(FileNotFoundError):  # what is half written gets its name
                    everything += file.read_bytes() if file.is_file() else b""
        everything += str(self.house.ask("auditor", "/v1/audit?limit=1000")).encode()
        everything += str(self.house.ask("auditor", "/v1/events?limit=1000")).encode()
        for code in self.codes.values():
            for spelling in (code, code.replace(" ", ""), code.replace(" ", "-")):
                self.assertNotIn(spelling.lower().encode(), everything.lower())


class NotInCrl(CardTest):
    """The CA's list lies in a file that somebody forgets to copy."""

    @classmethod
    def before_start(cls, house):
        super().before_start(house)
        (house.folder / "copied.crl").write_bytes(house.ask_authority("/crl"))
        house.set(crl=["copied.crl"])
        file = house.folder / "station.toml"
        file.write_text(file.read_text().replace("crl_look_seconds = 1\n", "crl_look_seconds = 1\n"
                                                 "crl_within_minutes = 0\n"))

    def test_a_certificate_that_the_crl_does_not_show_is_for_a_person(self):
        order = self.made[0]["order"]
        status, asked = self.house.post("operator", f"/v1/orders/{order}/revoke", id="a-1",
                                        reason="lost", crlReason="superseded")
        self.assertEqual((status, asked["state"]), (202, "open"))
        status, answer = self.house.post("supervisor", "/v1/approvals/a-1/grant", id="g-1",
                                         reason="called him")
        self.assertEqual((status, answer["state"]), (200, "granted"))

        def matters():
            said = self.house.ask("auditor", "/v1/exceptions")[1]["certificates"]
            return [matter["said"] for matter in said if matter["state"] == "not-in-crl"]

        self.await_that(lambda: len(matters()) == 3, "the exceptions")
        self.assertIn("does not list it", matters()[0])
        self.await_that(lambda: "that the CA called revoked and its CRL does not show so"
                        in self.house.zegel("exceptions")[1], "the command line to say so")
        (self.house.folder / "copied.crl").write_bytes(self.house.ask_authority("/crl"))
        self.await_that(lambda: self.house.states_of(order) == {"in-crl"}, "the list to be read")
        self.await_that(lambda: not matters(), "the end of the exceptions")


if __name__ == "__main__":
    unittest.main()

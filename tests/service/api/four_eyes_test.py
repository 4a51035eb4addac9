"""What takes two persons: every act of openapi.json, asked and granted by every role, and by one
person with two certificates. Through the API and through `zegel`."""

import signal
import unittest

from api_house import SOURCE
from card_house import CardTest
from rights_test import DOCUMENT, ROLES

ACTS = {operation["x-act"]: (path, operation["x-roles"], operation["x-second-roles"])
        for path, methods in DOCUMENT["paths"].items() for operation in methods.values()
        if "x-act" in operation}


class FourEyes(CardTest):
    cards = 2

    def ask_for(self, act, by, number, subject):
        more = {"crlReason": "superseded"} if act == "revoke-card" else {}
        path = ACTS[act][0].replace("{order}", subject).replace("{serial}", subject)
        return self.house.post(by, path, id=number, reason="because", **more)

    def grant(self, by, number, act="grant", id=None):
        return self.house.post(by, f"/v1/approvals/{number}/{act}", id=id or f"{by}-{act}-{number}",
                               reason="seen it")

    def state_of(self, number):
        return self.house.ask("auditor", f"/v1/approvals/{number}")[1]["state"]

    def test_every_role_may_ask_and_grant_what_the_document_says_and_no_more(self):
        order, chip = self.made[0]["order"], self.made[0]["chipSerial"]
        for act, subject in (("revoke-card", order), ("destroy-card", chip)):
            _, askers, seconds = ACTS[act]
            for role in ROLES:
                number = f"{act}-{role}"
                status, asked = self.ask_for(act, role, number, subject)
                with self.subTest(f"{role} asks {act}"):
                    self.assertEqual(status, 202 if role in askers else 403, asked)
                if status != 202:
                    continue
                self.assertEqual(self.grant(role, number, "refuse")[0], 200, "takes it back")
            asker = askers[0]
            number = f"{act}-granted"
            self.assertEqual(self.ask_for(act, asker, number, subject)[0], 202)
            for role in ROLES:
                if role in seconds and role != asker:
                    continue
                with self.subTest(f"{role} grants {act}"):
                    expected = 409 if role == asker and role in seconds else 403
                    self.assertEqual(self.grant(role, number)[0], expected)
                    self.assertEqual(self.state_of(number), "open")
            second = next(role for role in seconds if role != asker)
            status, answer = self.grant(second, number)
            self.assertEqual((status, answer["state"]), (200, "granted"))
            self.assertEqual(answer["asker"]["name"], asker)
            self.assertEqual(answer["second"]["name"], second)
        _, card = self.house.ask("auditor", f"/v1/cards/{chip}")
        self.assertEqual(card["state"], "destroyed")
        trail = self.house.ask("auditor", "/v1/audit?limit=1000")[1]["records"]
        done = [record for record in trail if record["act"] in
                ("card revoked: superseded", "card destroyed")]
        self.assertEqual([record["who"] for record in done], ["operator and supervisor"] * 2)

    def test_one_person_with_two_certificates_is_one_person(self):
        chip, order = self.made[1]["chipSerial"], self.made[1]["order"]
        self.assertEqual(self.ask_for("revoke-card", "supervisor", "sup-1", order)[0], 202)
        self.house.clients.issue("supervisor-2", "/O=Zegel Demo/CN=supervisor")
        for name in ("supervisor", "supervisor-2"):
            self.assertProblem(self.grant(name, "sup-1"), 409, "another person")
        self.assertEqual(self.state_of("sup-1"), "open")
        self.assertEqual(self.house.ask("auditor", f"/v1/cards/{chip}")[1]["state"], "proved")
        self.house.end("station", signal.SIGKILL)
        self.house.start_station()
        self.assertEqual(self.state_of("sup-1"), "open", "it waits on")
        self.assertEqual(self.grant("supervisor", "sup-1", "refuse")[0], 200)

    def test_the_command_line_asks_and_answers_in_its_bearers_name(self):
        order, chip = self.made[1]["order"], self.made[1]["chipSerial"]
        status, said = self.house.zegel_as("operator", "revoke", order, "--without-code",
                                           "--reason", "keyCompromise", "--why", "lost")
        self.assertEqual(status, 0, said)
        number = said.split("zegel approval grant ")[1].split()[0]
        self.assertIn(number, self.house.zegel_as("supervisor", "approvals", "--state", "open")[1])
        status, said = self.house.zegel_as("operator", "approval", "grant", number, "--why", "me")
        self.assertEqual((status, "no role of this certificate" in said), (1, True))
        status, said = self.house.zegel_as("supervisor", "approval", "grant", number, "--why", "ok")
        self.assertEqual((status, said), (0, f"revoke-card of {order} is granted"))
        self.assertIn("keyCompromise", self.house.zegel_as("auditor", "approval", number)[1])
        status, said = self.house.zegel_as("dispatch", "card", "destroyed", chip, "--why", "shred")
        self.assertEqual((status, "waits for a second person" in said), (0, True))
        status, said = self.house.zegel_as("dispatch", "card", "unblocked", chip, "--why", "x")
        self.assertEqual((status, "is revoked" in said), (1, True))

    def test_the_command_line_takes_a_code_from_a_file_or_standard_input_only(self):
        number = self.made[1]["certificateNumber"]
        usual = ("revoke", number, "--reason", "superseded")
        status, said = self.house.zegel_as("order-system", *usual, "--code-file", "-",
                                           typed="NOT A CODE\n")
        self.assertEqual((status, "nothing was tried" in said), (1, True))
        status, said = self.house.zegel_as("order-system", *usual, "--code-file", "/none")
        self.assertEqual((status, "cannot open the file with the code" in said), (1, True))
        status, said = self.house.zegel_as("order-system", *usual, "--code", "ABCD")
        self.assertEqual((status, "unknown option --code" in said), (2, True))
        status, said = self.house.zegel_as("order-system", "revoke", number, "--reason", "6")
        self.assertEqual((status, "unknown reason" in said), (2, True))

    def test_a_station_that_cannot_be_reached_is_told_apart(self):
        file = self.house.client_file("operator")
        file.write_text(file.read_text().replace(self.house.api_url, "https://127.0.0.1:1"))
        status, said = self.house.run(self.house.programs / "zegel", "approvals", "--as", file,
                                      check=False)
        self.assertEqual((status, "nobody listens there" in said), (3, True))
        self.house.clients.issue("going", "/O=Zegel Demo/CN=operator")
        self.house.clients.revoke("going")
        status, said = self.house.zegel_as("going", "approvals")
        self.assertEqual(status, 3, said)


if __name__ == "__main__":
    unittest.main()

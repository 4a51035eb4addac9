"""What takes two persons: every act of openapi.json, asked and granted by every role, and by one
person with two certificates. Through the API and through `zegel`."""

import json
import pathlib
import re
import signal
import unittest

import jsonschema
from api_house import SOURCE
from card_house import CardTest
from rights_test import DOCUMENT, ROLES
from verbs_test import schema_of

CAP_IPC_LOCK = 14  # capabilities(7)
ACTS = {operation["x-act"]: (path, operation["x-roles"], operation["x-second-roles"])
        for path, methods in DOCUMENT["paths"].items() for operation in methods.values()
        if "x-act" in operation}
GRANTERS = DOCUMENT["paths"]["/v1/approvals/{approval}/grant"]["post"]["x-roles"]


class FourEyes(CardTest):
    cards = 6

    def ask_for(self, act, by, number, subject):
        more = {"revoke-card": {"crlReason": "superseded"},
                "reprint-letter": {"unseen": True}}.get(act, {})
        path = re.sub(r"\{\w+\}", subject, ACTS[act][0])
        return self.house.post(by, path, id=number, reason="because", **more)

    def spoil_letter(self, order):
        """Its letter, which was released and did not come out of the printer well."""
        def laid_out():
            _, page = self.house.ask("print-room", "/v1/letters?state=printing")
            return {letter["letter"] for letter in page["letters"]}

        before = laid_out()
        accepted, words = self.house.receipt(order["certificateName"], order["certificateNumber"],
                                             "me")
        self.assertTrue(accepted, words)
        letter, = laid_out() - before
        for by, act, words in (("print-room", "uncertain", {}),
                               ("print-room", "settle", {"outcome": "spoiled"})):
            status, said = self.house.post(by, f"/v1/letters/{letter}/{act}", id=f"{act}-{letter}",
                                           reason="it jammed", **words)
            self.assertEqual(status, 200, said)
        return letter

    def grant(self, by, number, act="grant", id=None):
        return self.house.post(by, f"/v1/approvals/{number}/{act}", id=id or f"{by}-{act}-{number}",
                               reason="seen it")

    def state_of(self, number):
        return self.house.ask("auditor", f"/v1/approvals/{number}")[1]["state"]

    def test_every_role_may_ask_and_grant_what_the_document_says_and_no_more(self):
        order, chip = self.made[0]["order"], self.made[0]["chipSerial"]
        letter = self.spoil_letter(self.made[2])
        for act, subject in (("revoke-card", order), ("destroy-card", chip),
                             ("reprint-letter", letter), ("reissue-codes", letter)):
            _, askers, seconds = ACTS[act]
            self.assertLessEqual(set(seconds), set(GRANTERS))
            for role in ROLES:
                number = f"{act}-{role}"
                status, asked = self.ask_for(act, role, number, subject)
                with self.subTest(f"{role} asks {act}"):
                    self.assertEqual(status, 202 if role in askers else 403, asked)
                if status != 202:
                    continue
                jsonschema.validate(asked, schema_of("post", ACTS[act][0], 202))
                self.assertEqual(self.grant(role, number, "refuse")[0], 200, "takes it back")
            asker = askers[0]
            number = f"{act}-granted"
            self.assertEqual(self.ask_for(act, asker, number, subject)[0], 202)
            for role in ROLES:
                if role in seconds and role != asker:
                    continue
                with self.subTest(f"{role} grants {act}"):
                    hidden = role in GRANTERS and role not in askers + seconds
                    expected = 409 if role == asker and role in seconds else 404 if hidden else 403
                    self.assertEqual(self.grant(role, number)[0], expected)
                    self.assertEqual(self.state_of(number), "open")
            second = next(role for role in seconds if role != asker)
            status, answer = self.grant(second, number)
            self.assertEqual((status, answer["state"]), (200, "granted"))
            self.assertEqual(answer["asker"]["name"], asker)
            self.assertEqual(answer["second"]["name"], second)
        _, card = self.house.ask("auditor", f"/v1/cards/{chip}")
        self.assertEqual(card["state"], "destroyed")
        _, again = self.house.ask("auditor", f"/v1/letters/{letter}")
        self.assertEqual((again["edition"], again["state"]), (2, "destroyed"),
                         "laid out once more, then taken back")
        events = self.house.ask("auditor", "/v1/events?limit=1000")[1]["events"]
        self.assertEqual([event["data"]["order"] for event in events
                          if event["data"].get("replacement")], [self.made[2]["order"]])
        trail = self.house.ask("auditor", "/v1/audit?limit=1000")[1]["records"]
        done = [record for record in trail if record["act"] in
                ("card revoked: superseded", "card destroyed")]
        self.assertEqual([record["who"] for record in done],
                         ["operator and supervisor"] * 2 + ["print-room and supervisor"])

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
        status, said = self.house.zegel_as("operator", "dispatch", order)
        self.assertIn("it is operator, and this is for dispatch", said)
        status, said = self.house.zegel_as("supervisor", "approval", "grant", number, "--why", "ok")
        self.assertEqual((status, said), (0, f"revoke-card of {order} is granted"))
        self.assertIn("keyCompromise", self.house.zegel_as("auditor", "approval", number)[1])
        status, said = self.house.zegel_as("dispatch", "card", "destroyed", chip, "--why", "shred")
        self.assertEqual((status, "waits for a second person" in said), (0, True))
        status, said = self.house.zegel_as("dispatch", "card", "unblocked", chip, "--why", "x")
        self.assertEqual((status, "is revoked" in said), (1, True))

    def test_the_command_line_has_a_letter_printed_again_and_tells_of_one_that_nobody_posted(self):
        letter = self.spoil_letter(self.made[3])
        asked = ("letter", "reprint", letter, "--why", "jam")
        status, said = self.house.zegel_as("print-room", *asked)
        self.assertEqual((status, f"zegel letter reissue {letter}" in said), (2, True), said)
        for seen in ({}, {"unseen": False}):
            self.assertProblem(self.house.post("print-room", f"/v1/letters/{letter}/reprint",
                                               id="seen", reason="jam", **seen),
                               409, "its codes are re-issued: ask for reissue")
        status, said = self.house.zegel_as("print-room", *asked, "--unseen")
        self.assertEqual((status, "waits for a second person" in said), (0, True), said)
        number = said.split("zegel approval grant ")[1].split()[0]
        _, waiting = self.house.zegel("exceptions")
        self.assertIn(f"reprint-letter of {letter}", waiting)
        self.assertIn(f"zegel approval grant {number} --why", waiting)
        status, said = self.house.zegel_as("dispatch", "approval", "grant", number, "--why", "seen")
        self.assertEqual((status, said), (0, f"reprint-letter of {letter} is granted"))
        shown = json.loads(self.house.zegel_as("dispatch", "letter", letter, "--json")[1])
        self.assertEqual((shown["edition"], shown["state"]), (2, "printing"))
        status, said = self.house.zegel_as("dispatch", *asked, "--unseen")
        self.assertEqual((status, "only one that is spoiled or returned" in said), (1, True), said)
        self.house.print_letters(self.house.folder / "again")
        self.assertTrue((self.house.folder / f"again/{letter}-edition-2.pdf").exists())
        _, said = self.house.zegel("exceptions")
        self.assertNotIn(letter, said, "it may still be posted")
        patient = (self.house.folder / "station.toml").read_text()
        hasty = self.house.folder / "hasty.toml"
        hasty.write_text(patient + "\n[letters]\nkeep_sealed_days = 0\n")
        _, said = self.house.zegel("exceptions", "--settings", hasty)
        self.assertIn("not told as posted", said)
        self.assertIn(f"{letter} is printing since", said)
        self.assertReissuedAtTheCommandLine(letter, self.made[3])

    def assertReissuedAtTheCommandLine(self, letter, made):
        status, said = self.house.zegel_as("dispatch", "letter", "reissue", letter, "--why", "open")
        self.assertEqual((status, "no station can give this card other codes" in said), (0, True),
                         said)
        number = said.split("zegel approval grant ")[1].split()[0]
        self.assertIn("no station can give", self.house.zegel_as("supervisor", "approval", number)[1])
        status, said = self.house.zegel_as("dispatch", "approval", "grant", number, "--why", "me")
        self.assertEqual((status, "no role of this certificate" in said), (1, True))
        status, said = self.house.zegel_as("supervisor", "approval", "grant", number, "--why", "ok")
        self.assertEqual((status, said), (0, f"reissue-codes of {letter} is granted"))
        order = json.loads(self.house.zegel("order", made["order"], "--json")[1])
        self.assertIn("its codes may have been seen", json.dumps(order))

    def test_an_unblocked_pin_is_told_to_the_order_system_and_kept_with_who_said_it(self):
        chip = self.made[5]["chipSerial"]
        unblocked = ("card", "unblocked", chip, "--why", "typed it wrong")
        status, said = self.house.zegel_as("dispatch", *unblocked)
        self.assertEqual((status, "is proved: nobody has it" in said), (1, True), said)
        self.house.zegel_as("dispatch", "dispatch", self.made[5]["order"])
        said = self.house.zegel_as("dispatch", *unblocked)
        self.assertEqual(said, (0, f"recorded that the PIN of card {chip} was unblocked"))
        record, = [record for record in
                   self.house.ask("auditor", "/v1/audit?limit=1000")[1]["records"]
                   if record["act"] == "PIN unblocked"]
        self.assertEqual((record["who"], record["subject"]), ("dispatch", chip))
        self.assertRegex(record["why"], "^typed it wrong; with certificate sha256:[0-9a-f]{64}$")
        event, = [event for event in self.house.ask("auditor", "/v1/events?limit=1000")[1]["events"]
                  if event["type"] == "zegel.pin.unblocked"]
        jsonschema.validate(event, json.loads(
            (SOURCE / "station/report/event.schema.json").read_text()))
        self.assertEqual(event["data"]["order"], self.made[5]["order"])

    def test_the_command_line_books_in_a_letter_that_the_post_brought_back(self):
        before = self.house.ask("auditor", "/v1/letters?state=printing")[1]["letters"]
        order = self.made[5]
        self.house.receipt(order["certificateName"], order["certificateNumber"], "me")
        letter, = ({each["letter"] for each in
                    self.house.ask("auditor", "/v1/letters?state=printing")[1]["letters"]} -
                   {each["letter"] for each in before})
        returned = ("letter", "returned", letter, "--why", "moved away")
        status, said = self.house.zegel_as("dispatch", *returned)
        self.assertEqual((status, "only one that is posted" in said), (1, True), said)
        for act in ("fetched", "printed", "posted"):
            self.assertEqual(self.house.post("print-room", f"/v1/letters/{letter}/{act}",
                                             id=f"{act}-{letter}")[0], 200)
        self.assertEqual(self.house.zegel_as("dispatch", *returned), (0, f"letter {letter}: came back"))
        self.assertIn(letter, self.house.zegel_as("auditor", "letters", "--state", "returned")[1])

    def test_the_command_line_sends_a_card_with_a_loan_and_takes_both_back(self):
        order = self.made[4]["order"]
        sent = ("dispatch", order, "--track", "3S1", "--loan-reader", "CR-42", "--id", "out")
        for said in ("dispatched", "already done"):
            self.assertEqual(self.house.zegel_as("dispatch", *sent), (0, f"order {order}: {said}"))
        table = self.house.zegel_as("dispatch", "loans", "--open")[1].splitlines()
        self.assertEqual(table[1].split()[:3], ["CR-42", "reader", order])
        status, said = self.house.zegel_as("dispatch", "loan", "returned", "cr-42", "--why", "whole")
        self.assertEqual((status, said), (0, "CR-42 came back"))
        self.assertEqual(self.house.zegel_as("dispatch", "loans", "--open"),
                         (0, "nothing is on loan"))
        loan, = json.loads(self.house.zegel_as("auditor", "loans", "--json")[1])["loans"]
        self.assertEqual((loan["returnedTo"], loan["reason"]), ("dispatch", "whole"))
        shown = self.house.zegel("order", self.made[4]["certificateNumber"])[1]
        self.assertIn(f"order {order} of batch", shown, "found by the number on its papers")
        self.assertRegex(shown, "dispatched +20.* by dispatch, track and trace 3S1")
        self.house.zegel_as("dispatch", "returned", order, "--why", "moved away")
        status, said = self.house.zegel_as("dispatch", "dispatch", order, "--loan-token", "T-1")
        self.assertEqual((status, "lend a reader with it" in said), (1, True), said)
        self.house.zegel_as("dispatch", "dispatch", order, "--loan-reader", "CR-43")
        self.assertIn("on loan             reader CR-43", self.house.zegel("order", order)[1])
        status, said = self.house.zegel_as("dispatch", "returned", order, "--why", "moved away")
        self.assertEqual((status, said), (0, f"the card of order {order}: came back; reader CR-43, lent "
                                             "with it, is still out: zegel loan returned CR-43"))
        for words, status, why in (
                (("dispatch", "O-none"), 1, "no order O-none is known"),
                (("dispatch", order, "--loan-reader", "1", "--loan-token", "2"), 2, "one thing"),
                (("dispatch", order, "--loan-raeder", "1"), 2, "did you mean --loan-reader?"),
                (("loan", "retruned", "CR-42"), 2, "did you mean returned?"),
                (("loan", "returned", "CR-44", "--why", "x"), 1, "no loan CR-44 is known"),
                (("letters", "--state", "xyz"), 2, "unknown state \"xyz\"; choose held"),
                (("dispatch", order, "--track", "3" * 36), 1, "zegel: track: has 36 characters; "
                                                                     "shorten it to 35 (request"),
                (("lons",), 2, "did you mean loans?"),
                (("returned", order, "--why", "x"), 1, "only one that was sent")):
            with self.subTest(words=words):
                got, said = self.house.zegel_as("dispatch", *words)
                self.assertEqual((got, why in said), (status, True), said)
        self.assertEqual(self.house.zegel_as("print-room", "dispatch", order)[0], 1)

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

    def test_the_command_line_says_where_a_code_passes_through_memory_that_is_not_locked(self):
        status = pathlib.Path("/proc/self/status").read_text()
        no_limit = int(re.search(r"CapEff:\t(\w+)", status)[1], 16) >> CAP_IPC_LOCK & 1
        asked = (*(("setpriv", "--bounding-set=-ipc_lock") if no_limit else ()),
                 "prlimit", "--memlock=0:0", self.house.programs / "zegel", "revoke",
                 self.made[1]["certificateNumber"], "--reason", "superseded", "--as",
                 self.house.client_file("auditor"))
        for words, times in (("--code-file", "-"), 1), (("--without-code", "--why", "x"), 0):
            _, said = self.house.run(*asked, *words, check=False, input=b"NOT A CODE\n")
            self.assertEqual(said.count("zegel: careful: memory is not locked: "), times, said)

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

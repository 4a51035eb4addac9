"""What the order system or an administrator may get wrong, told to the real station process."""

import hashlib
import json
import os
import socket
import unittest

from station_house import StationTest, batch_of

REFUSED = {
    # name of the file: (content, what the reason names)
    "cut-off.json": (batch_of("cut-off", 1)[:-40], ["cut-off.json", "line 1"]),
    "no-json.json": (b"Geachte heer, mevrouw,\n", ["no-json.json", "line 1"]),
    "empty.json": (b"", ["empty.json"]),
    "key-twice.json": (batch_of("key-twice", 1).replace(b'"count"', b'"batch": "other", "count"'),
                       ["key-twice.json", "batch", "line 1"]),
    "unknown-field.json": (batch_of("unknown-field", 1).replace(b'"count"', b'"colour": 1, "count"'),
                           ["unknown-field", "colour"]),
    "count-differs.json": (batch_of("count-differs", 2).replace(b'"count": 2', b'"count": 3'),
                           ["count-differs", "count", "3", "2"]),
    "not-utf-8.json": (batch_of("not-utf-8", 1).decode().encode("latin-1", "replace"),
                       ["not-utf-8.json"]),
}


class Inbox(StationTest):
    """No PC/SC service runs: what is wrong with paper must be told all the same."""

    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.set(url=house.authority_url + "/cmp")
        house.start_station()

    def kept(self, name):
        folder = self.house.folder / "inbox/batches/refused"
        return folder / name, folder / f"{name}.reason.txt"

    def assertGoesOn(self, batch):
        self.house.send_orders(batch, 1)
        self.await_that(lambda: self.house.order(batch).get("state") == "queued", f"batch {batch}")

    def test_a_file_that_cannot_be_read_is_kept_with_its_reason(self):
        for name, (content, _) in REFUSED.items():
            self.house.send_batch(content, name)
        for name, (content, words) in REFUSED.items():
            with self.subTest(name):
                told = self.house.refusal(name)
                self.assertEqual(told["file"], name)
                for word in words:
                    self.assertIn(word, told["reason"])
                file, reason = self.kept(name)
                self.assertEqual(file.read_bytes(), content)
                self.assertEqual(reason.read_text().strip(), told["reason"])
                self.assertTrue(told["reason"].endswith(" [order-unusable]"), told["reason"])
                self.assertIn(f"refused {name}: {told['reason']}", self.house.log())
        self.assertEqual(list((self.house.folder / "inbox/batches").glob("*.json")), [])
        self.assertGoesOn("after-bad-files")

    def test_a_file_whose_name_will_not_do_is_refused_under_a_plain_one(self):
        """Names that leave no room for the answer's own, break a log line, or are not text."""
        longest = 255  # octets, NAME_MAX
        names = {
            b"a" * (longest - 5) + b".json": "longer than 200 octets",
            "é".encode() * 124 + b".json": "longer than 200 octets",
            b"two\nlines.json": "U+000A",
            b"\x1b[31mred.json": "U+001B",
            b"no-text-\xff\xfe.json": "not UTF-8",
            b"cut-\xc3.json": "not UTF-8",
            "turned-\u202e.json".encode(): "U+202E",
        }
        inbox = bytes(self.house.folder / "inbox/batches")
        reports = self.house.folder / "reports"
        before = set(reports.glob("*.refused.json"))
        for number, name in enumerate(names):
            # Good orders, so that it is the name that is refused; laid out under a plain one first.
            hidden = inbox + b"/.named"
            with open(hidden, "wb") as file:
                file.write(batch_of(f"ill-named-{number}", 1))
            os.rename(hidden, inbox + b"/" + name)
        self.await_that(lambda: len(set(reports.glob("*.refused.json")) - before) == len(names),
                        "an answer for each")
        self.assertGoesOn("after-ill-named-files")
        told = [json.loads(file.read_text()) for file in set(reports.glob("*.refused.json")) - before]
        self.assertEqual(len({answer["file"] for answer in told}), len(names))
        for name, words in names.items():
            with self.subTest(name):
                digest = hashlib.sha256(name).hexdigest()[:8].upper()
                answer = next(a for a in told if f"~{digest}" in a["file"].upper())
                self.assertIn(words, answer["reason"])
                self.assertRegex(answer["file"], r"^[A-Za-z0-9._~-]+\.json$")
                kept, reason = self.kept(answer["file"])
                self.assertTrue(kept.exists(), kept)
                self.assertEqual(reason.read_text().strip(), answer["reason"])
                lines = [line for line in self.house.log().splitlines() if answer["file"] in line]
                self.assertEqual(len(lines), 1)
                self.assertIn(words, lines[0])
        self.assertFalse((set(self.house.log()) - {"\n"}) & {chr(c) for c in range(32)})
        self.assertEqual([name for name in os.listdir(inbox) if name.endswith(b".json")], [])
        for number in range(len(names)):
            self.assertIsNone(self.house.report(f"ill-named-{number}"), "nothing was taken")

    def test_two_refused_files_of_one_name_keep_each_its_reason(self):
        contents = [b"{", b'{"batch": 7}']
        for round_, content in enumerate(contents):
            self.house.send_batch(content, "same-name.json")
            name = "same-name.json" if round_ == 0 else "same-name~2.json"
            self.await_that(self.kept(name)[0].exists, f"{name} to be put aside")
        for name, content in zip(("same-name.json", "same-name~2.json"), contents):
            file, reason = self.kept(name)
            self.assertEqual(file.read_bytes(), content)
            self.assertTrue(reason.exists(), reason.name)
        self.assertNotEqual(self.kept("same-name.json")[1].read_text(),
                            self.kept("same-name~2.json")[1].read_text())

    def test_a_batch_that_comes_twice_is_taken_once(self):
        content = self.house.send_orders("comes-twice", 2)
        self.await_that(lambda: self.house.report("comes-twice"), "the batch")
        self.house.send_batch(content, "comes-twice.json")
        self.await_that(lambda: "batch comes-twice came again and is known" in self.house.log(),
                        "the station to know the batch")
        self.assertFalse((self.house.folder / "reports/comes-twice.json.refused.json").exists())
        self.assertEqual(len(self.house.report("comes-twice")["orders"]), 2)

    def test_a_known_batch_with_other_content_is_refused(self):
        self.house.send_orders("other-content", 1)
        self.await_that(lambda: self.house.report("other-content"), "the batch")
        self.house.send_batch(batch_of("other-content", 2), "other-content-again.json")
        told = self.house.refusal("other-content-again.json")
        self.assertIn("other-content", told["reason"])
        self.assertIn("new batch id", told["reason"])
        self.assertEqual(len(self.house.report("other-content")["orders"]), 1)

    def test_an_order_of_another_batch_is_not_made_again(self):
        self.house.send_orders("first-here", 1)
        self.await_that(lambda: self.house.report("first-here"), "the first batch")
        content = json.loads(batch_of("second-here", 2))
        content["orders"][0]["order"] = "first-here-01"
        self.house.send_batch(json.dumps(content).encode(), "second-here.json")
        self.await_that(lambda: self.house.report("second-here"), "the second batch")
        again, new = self.house.order("second-here", 1), self.house.order("second-here", 2)
        self.assertEqual((again["state"], new["state"]), ("rejected", "queued"))
        self.assertIn("accepted before, in batch first-here", again["reason"])
        self.assertIn("batch second-here accepted: 1 new order, 1 known before, 0 refused",
                      self.house.log())
        self.assertEqual(self.house.order("first-here")["state"], "queued")

    def test_one_bad_order_does_not_hold_up_the_others(self):
        content = json.loads(batch_of("mixed", 4))
        content["orders"][0]["colour"] = "green"
        content["orders"][1]["profile"] = "group-card-p512"
        content["orders"][2]["subject"]["group"] = "Zonder TRIAL ervoor"
        self.house.send_batch(json.dumps(content).encode(), "mixed.json")
        self.await_that(lambda: self.house.report("mixed"), "the batch")
        orders = self.house.report("mixed")["orders"]
        self.assertEqual([order["state"] for order in orders], ["rejected"] * 3 + ["queued"])
        for order, word in zip(orders, ("colour", "group-card-p512", "TRIAL")):
            self.assertIn(word, order["reason"])
            self.assertIn(order["order"], order["reason"])
            self.assertTrue(order["reason"].endswith(" [order-unusable]"), order["reason"])
        self.assertIn("batch mixed accepted: 1 new order, 0 known before, 3 refused",
                      self.house.log())

    def test_a_receipt_that_cannot_be_read_is_kept_with_its_reason(self):
        folder = self.house.folder / "inbox/receipts"
        (folder / "torn.json").write_bytes(b'{"receipt": "torn", "na')
        told = self.house.refusal("torn.json")
        self.assertIn("torn.json", told["reason"])
        self.assertTrue((folder / "refused/torn.json").exists())
        self.assertTrue((folder / "refused/torn.json.reason.txt").exists())

    def test_an_answer_from_before_is_not_taken_for_the_answer_now(self):
        """The file of an earlier receipt of the same id says yes; the station says no to this one."""
        answers = self.house.folder / "reports/receipts"
        (answers / "again.json").write_text('{"accepted": true, "outcome": "of last year"}')
        (self.house.folder / "reports/again.json.refused.json").write_text('{"reason": "of old"}')
        for _ in range(2):  # and the second time the station's own first answer is left over
            status, text = self.house.zegel("receipt", "--id", "again", "--name", "TRIAL Team",
                                            "--number", "ZG-2026-000001-01", "--by", "me",
                                            check=False)
            self.assertEqual(status, 1, text)
            self.assertIn("refused: no card has the number ZG-2026-000001-01", text)
        status, text = self.house.zegel("receipt", "--id", "again", "--name", "TRIAL Another",
                                        "--number", "ZG-2026-000001-01", "--by", "me", check=False)
        self.assertEqual(status, 1, text)
        self.assertIn("given before with other words", text)

    def test_a_status_file_is_written_again_only_when_it_says_something_else(self):
        self.house.send_orders("stays-as-it-is", 2)
        self.await_that(lambda: self.house.report("stays-as-it-is"), "the batch")
        file = self.house.folder / "reports/stays-as-it-is.status.json"
        before = file.stat()
        torn = self.house.folder / "reports/after-a-restart.status.json"
        self.house.send_orders("after-a-restart", 1)
        self.await_that(lambda: self.house.report("after-a-restart"), "the other batch")
        self.house.end("station")
        whole = json.loads(torn.read_text())
        torn.write_text("{")
        self.house.start_station()
        self.await_that(lambda: torn.read_text() != "{", "the torn report to be mended")
        mended = json.loads(torn.read_text())
        self.assertEqual(mended["orders"], whole["orders"])
        self.assertEqual(mended["acceptedAt"], whole["acceptedAt"])
        after = file.stat()
        self.assertEqual((after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns))

    def test_a_receipt_for_an_unknown_card_releases_nothing(self):
        accepted, words = self.house.receipt("TRIAL Coördinatie Zorgketen", "ZG-2026-000001-01", "me")
        self.assertFalse(accepted)
        self.assertTrue(words.startswith("refused: "), words)
        self.assertEqual(list((self.house.folder / "letters").glob("*")), [])


class Settings(StationTest):
    """Exit status 1 and one line that names the setting and says what to do."""

    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.set(url=house.authority_url + "/cmp")
        house.end("authority")
        cls.good = (house.folder / "station.toml").read_text()

    def tearDown(self):
        (self.house.folder / "station.toml").write_text(self.good)

    def assertRefuses(self, *words):
        status, said = self.house.station_refuses()
        self.assertEqual(status, 1, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        for word in ("zegel-station: ", "[setting-unusable]", *words):
            self.assertIn(word, said)

    def test_a_root_without_the_ca_that_issues(self):
        """The CA has to answer: only then is it known that it is not the root itself."""
        chain = (self.house.folder / "authority/chain.pem").read_text()
        certificates = [part + "-----END CERTIFICATE-----\n"
                        for part in chain.split("-----END CERTIFICATE-----\n")[:-1]]
        (self.house.folder / "authority/root-only.pem").write_text(certificates[-1])
        self.house.set(certificates=["authority/root-only.pem"])
        self.house.restart_authority()
        self.addCleanup(self.house.end, "authority")
        self.assertRefuses("[authority] certificates", "roots only", "put its certificate there too")

    def test_a_file_that_is_not_there(self):
        self.house.set(recovery="seal/nowhere.pem")
        self.assertRefuses("recovery", "nowhere.pem", "put it there, or correct the path")

    def test_a_port_of_the_api_where_another_listens(self):
        """One that would share it, as a second station on the same settings would."""
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = "127.0.0.1:%d" % other.getsockname()[1]
            self.house.set(listen=address)
            self.house.restart_authority()
            self.addCleanup(self.house.end, "authority")
            self.assertRefuses(address, "stop what listens there, or name another")

    def test_a_setting_that_nobody_knows(self):
        file = self.house.folder / "station.toml"
        file.write_text(self.good.replace("verbosity =", "verbositty ="))
        self.assertRefuses("station.toml", "verbositty", "verbosity")

    def test_a_settings_file_that_is_not_there(self):
        (self.house.folder / "station.toml").unlink()
        self.assertRefuses("station.toml")

    def test_a_pin_file_that_others_may_read(self):
        pin = self.house.folder / "token.pin"
        self.addCleanup(pin.chmod, 0o600)
        pin.chmod(0o644)
        self.assertRefuses("pin_file", "token.pin", "chmod 600")

    def test_a_wrong_pin_is_tried_once_and_not_told(self):
        pin = self.house.folder / "token.pin"
        self.addCleanup(pin.write_text, pin.read_text())
        pin.write_text("86420975\n")
        self.assertRefuses("zegel", "PIN")
        self.assertNotIn("86420975", self.house.station_refuses()[1])

    def test_an_empty_pin_file(self):
        pin = self.house.folder / "token.pin"
        self.addCleanup(pin.write_text, pin.read_text())
        pin.write_text("\n")
        self.assertRefuses("token.pin", "empty")

    def test_a_token_that_is_not_there(self):
        self.house.set(label="elsewhere")
        self.assertRefuses('"elsewhere"', "correct the setting, or make the token")

    def test_a_key_that_is_not_in_the_token(self):
        self.house.set(master_key_label="card-mistress")
        self.assertRefuses("card-mistress")

    def test_a_print_room_certificate_that_has_ended(self):
        folder = self.house.folder
        key, old = folder / "old.key", folder / "seal/old.pem"
        self.house.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:P-256", "-noenc", "-keyout", key, "-out", old,
                       "-subj", "/CN=Print room of last year", "-addext",
                       "keyUsage=critical,keyAgreement")
        self.house.run("openssl", "x509", "-in", old, "-signkey", key, "-days", "-1", "-out", old)
        self.house.set(print_room=["seal/old.pem"])
        self.assertRefuses("[seal]", "Print room of last year", "has expired; name a new one")

    def test_a_certificate_file_that_holds_none(self):
        (self.house.folder / "seal/none.pem").write_text("to be delivered\n")
        self.house.set(recovery="seal/none.pem")
        self.assertRefuses("none.pem")

    def test_a_certificate_of_somebody_else(self):
        file = self.house.folder / "seal/station.pem"
        text = file.read_bytes()
        self.addCleanup(file.write_bytes, text)
        file.write_bytes((self.house.folder / "authority/registration.pem").read_bytes())
        self.assertRefuses("[seal]", "registration authority")

    def test_a_card_profile_with_a_slip_of_the_pen(self):
        file = self.house.folder / "profiles/group-token-p256.toml"
        text = file.read_text()
        self.addCleanup(file.write_text, text)
        file.write_text(text.replace("tries = 3", "trys = 3", 1))
        self.assertRefuses("group-token-p256.toml", "trys")


if __name__ == "__main__":
    unittest.main()

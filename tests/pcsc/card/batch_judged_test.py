"""A batch's status file, its receipts and its letters, as the order system and the print room see
them: every answer is read from files and commands of the real station."""

import json
import os
import re
import subprocess
import unittest

from judged_house import CARD_READER, EXAMPLE, SOURCE, JudgedHouse, found

BATCH = "demo-0001"
PREFIX = "demo-0001-"


def setUpModule():
    global house
    house = JudgedHouse()
    try:
        house.send_batch(EXAMPLE.read_bytes())
        house.await_batch(BATCH, 120)
    except BaseException:
        house.leave()
        raise


def tearDownModule():
    left = house.leave()
    if left:
        raise AssertionError("left behind:\n" + "\n".join(left))


def order(number):
    return house.orders(BATCH)[PREFIX + number]


def released():
    """Letters the print room may open, by the station's folder."""
    return {file.name for file in (house.folder / "letters").iterdir()}


def judged_by_schema(schema, file):
    return subprocess.run(
        ["/usr/bin/python3", "-B", SOURCE / "tests/judges/json_schema.py",
         SOURCE / "station" / schema, file], check=True, text=True, capture_output=True).stdout


def file_receipt(name_of_file, **fields):
    """Lays a receipt in the inbox as the order system does; the station's answer."""
    receipt = {"receipt": f"receipt-{name_of_file}", "by": "Zoë van ’t Hof",
               "at": "2026-11-21T10:00:00+01:00", **fields}
    inbox = house.folder / "inbox/receipts"
    (inbox / f".{name_of_file}.json").write_text(json.dumps(receipt))
    (inbox / f".{name_of_file}.json").rename(inbox / f"{name_of_file}.json")
    answer = house.folder / f"reports/receipts/receipt-{name_of_file}.json"
    house.await_that(answer.exists, f"the answer to receipt {name_of_file}", 60)
    return json.loads(answer.read_text())


class StatusFile(unittest.TestCase):
    def test_names_every_order_of_the_batch_exactly_once(self):
        sent = [order["order"] for order in json.loads(EXAMPLE.read_text())["orders"]]
        report = house.report(BATCH)
        self.assertEqual([order["order"] for order in report["orders"]], sent)
        self.assertEqual([order["position"] for order in report["orders"]],
                         list(range(1, len(sent) + 1)))
        self.assertEqual(report["count"], len(sent))
        self.assertEqual(sum(report["states"].values()), len(sent))

    def test_is_what_its_published_schema_says(self):
        file = house.folder / f"reports/{BATCH}.status.json"
        self.assertEqual(judged_by_schema("report/status.schema.json", file), "valid\n")
        report = json.loads(file.read_text())
        del report["orders"][3]["reason"]
        spoiled = house.folder / "spoiled.json"
        spoiled.write_text(json.dumps(report))
        self.assertIn("invalid", judged_by_schema("report/status.schema.json", spoiled))

    def test_says_which_field_of_the_refused_order_is_wrong_and_what_to_do(self):
        refused = [order for order in house.report(BATCH)["orders"]
                   if order["state"] == "rejected"]
        self.assertEqual([order["order"] for order in refused], [PREFIX + "04"])
        self.assertIn("manager.address", refused[0]["reason"])
        self.assertIn("missing", refused[0]["reason"])
        self.assertIn("have the order system send the address", refused[0]["reason"])
        for field in ("chipSerial", "certificateNumber", "letter"):
            self.assertNotIn(field, refused[0])
        self.assertIn(refused[0]["reason"], " ".join(house.zegel("status")[1].split()))

    def test_names_a_card_of_its_own_for_every_order_that_was_made(self):
        made = [order for order in house.report(BATCH)["orders"] if order["state"] != "rejected"]
        self.assertEqual(len(made), 5)
        for field in ("chipSerial", "certificateNumber"):
            self.assertEqual(len({order[field] for order in made}), 5)
        for at in made:
            self.assertEqual(at["certificateName"],
                             json.loads(EXAMPLE.read_text())["orders"][at["position"] - 1]
                             ["subject"]["group"])
        chips = {f"piv-{int(file.stem):08X}"
                 for file in (house.folder / "bench/chips").glob("*.chip")}
        self.assertEqual({order["chipSerial"] for order in made}, chips)


class Receipts(unittest.TestCase):
    """Each test has an order to itself; 06 never has a receipt."""

    def assert_held(self, number):
        self.assertEqual(order(number)["state"], "produced")
        self.assertEqual(order(number)["letter"], "held")

    def refusal(self, number, name, wrong_number):
        """What the station said to a wrong receipt, through both doors; it released nothing."""
        before = released()
        filed = file_receipt(f"wrong-{os.urandom(4).hex()}", name=name,
                             number=wrong_number)
        self.assertFalse(filed["accepted"])
        accepted, said = house.receipt(name, wrong_number, "the certificate manager")
        self.assertFalse(accepted)
        self.assertEqual(said, f"refused: {filed['outcome']} [request-refused]")
        self.assertEqual(released(), before)
        self.assert_held(number)
        self.assertIn("nothing was released", said)
        self.assertGreaterEqual(house.zegel("audit")[1].count(filed["outcome"]), 2)
        return said

    def test_a_letter_without_a_receipt_is_held(self):
        self.assert_held("06")
        self.assertIn("held", found(rf"({PREFIX}06 .*)", house.zegel("status")[1]))

    def test_a_receipt_with_a_wrong_name_releases_nothing_and_says_so(self):
        number = order("02")["certificateNumber"]
        said = self.refusal("02", "TRIAL Another Team", number)
        self.assertIn("another name than 'TRIAL Another Team'", said)
        self.assertIn(number, said)

    def test_a_receipt_with_the_name_of_another_card_releases_neither(self):
        other = order("03")["certificateName"]
        said = self.refusal("02", other, order("02")["certificateNumber"])
        self.assertIn(f"another name than '{other}'", said)

    def test_a_receipt_with_a_wrong_number_releases_nothing_and_says_so(self):
        number = order("02")["certificateNumber"]
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        said = self.refusal("02", order("02")["certificateName"], wrong)
        self.assertIn(f"no card has the number {wrong}", said)

    def test_a_receipt_with_the_serial_of_no_certificate_releases_nothing(self):
        said = self.refusal("02", order("02")["certificateName"], "01:02:03:04")
        self.assertIn("no card has the number 01:02:03:04", said)

    def test_a_right_receipt_in_the_inbox_releases_its_letter_once(self):
        before = released()
        right = {"name": order("01")["certificateName"],
                 "number": order("01")["certificateNumber"]}
        answer = file_receipt("right-01", **right)
        self.assertTrue(answer["accepted"], answer)
        self.assertEqual(answer["order"], PREFIX + "01")
        self.assertEqual(len(released() - before), 1)
        house.await_that(lambda: order("01").get("letter") == "printing", "the report", 60)
        again = file_receipt("right-01-again", **right)
        self.assertFalse(again["accepted"])
        self.assertIn("came in before", again["outcome"])
        self.assertEqual(len(released() - before), 1)

    def test_the_serial_of_a_certificate_stands_for_the_number(self):
        """The last card lies in its reader still; people copy a serial with its colons."""
        self.assertEqual(house.chip_in(CARD_READER), order("03")["chipSerial"])
        (house.folder / "card.pem").write_text(house.tell(
            "pkcs15-tool", "-r", house.pcsc_name(CARD_READER), "--read-certificate", "03"))
        serial = house.tell("openssl", "x509", "-in", "card.pem", "-noout",
                            "-serial").strip().removeprefix("serial=")
        with_colons = ":".join(re.findall("..", serial)).lower()
        before = released()
        accepted, said = house.receipt(order("03")["certificateName"], with_colons, "the manager")
        self.assertTrue(accepted, said)
        self.assertEqual(len(released() - before), 1)
        house.await_that(lambda: order("03").get("letter") == "printing", "the report", 60)


class Letters(unittest.TestCase):
    def test_are_printed_for_the_released_ones_only(self):
        token = order("05")
        accepted, said = house.receipt(token["certificateName"], token["certificateNumber"], "me")
        self.assertTrue(accepted, said)
        self.assertRegex(said, r"the letter \S+ is released; nobody booked the card out")
        self.assertIn(f"move the letter out of {house.folder / 'letters'} to its own machine", said)
        house.await_that(lambda: order("05").get("letter") == "printing", "the report", 60)
        printed = house.letters_printed("printed")
        expected = {name for name, at in house.orders(BATCH).items()
                    if at.get("letter") == "printing"}
        self.assertIn(PREFIX + "05", expected)
        self.assertNotIn(PREFIX + "06", expected)
        self.assertEqual(set(printed), expected)
        self.assertEqual({f"{letter.id}.letter" for letter in printed.values()}, released())
        letter = printed[PREFIX + "05"]
        self.assertIn("Олена Коваленко", letter.text)
        self.assertIn(token["certificateName"], letter.text)
        self.assertNotIn(token["certificateNumber"], letter.text)
        self.assertEqual(token["certificateNumber"][-5:],
                         found(r"^Certificate number ends in\s+(\S+)$", letter.text))
        self.assertEqual((len(letter.pin), len(letter.puk), len(letter.revocation)), (6, 8, 12))


if __name__ == "__main__":
    unittest.main()

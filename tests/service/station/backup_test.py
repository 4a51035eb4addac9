"""A backup of the ledger is taken beside a station at work; the disk is lost; a person brings the
ledger back and says what was made meanwhile. Judged by the cards, the CA's book and the simulated
order system, which complains of every event out of order or told twice with other words."""

import json
import signal
import subprocess
import unittest

from station_house import PROGRAMS, TOKEN_READER, StationTest


class Backup(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.start_orders()
        house.start_bench(cards=1, tokens=1)
        house.start_station()
        house.send_orders("saved", 4)
        cls.backup = house.folder / "elsewhere/station.backup"
        cls.backup.parent.mkdir()
        house.await_that(lambda: cls.in_state(house, "produced") == 1, "the first card", 60)
        cls.taken = house.zegel("backup", cls.backup)
        cls.nowhere = house.zegel("backup", house.folder / "nowhere/x", check=False)
        cls.again = house.zegel("backup", cls.backup, check=False)
        house.send_orders("since", 1)
        house.await_that(lambda: house.report("since"), "a batch that no backup has", 60)
        cls.blanks(house, 1)
        house.await_that(lambda: cls.in_state(house, "produced") == 2, "the second card", 60)
        house.await_that(lambda: house.ledger_rows(
            "SELECT count(*) FROM events WHERE delivered IS NULL")[0][0] == 0, "the events", 60)
        cls.before = {order["order"]: order for order in house.report("saved")["orders"]
                      if order["state"] == "produced"}
        house.end("station", signal.SIGKILL)

    @staticmethod
    def in_state(house, state):
        report = house.report("saved")
        return sum(order["state"] == state for order in report["orders"]) if report else 0

    @staticmethod
    def blanks(house, count):
        house.hwsim("load", TOKEN_READER, count, "5.7", "--directory", house.folder / "bench")

    def restore(self, *words):
        return self.house.zegel("restore", self.backup, "--by", "J. Jansen", "--why", "disk lost",
                                *words, check=False)

    def test_1_it_is_one_file_for_its_owner_and_never_writes_over_another(self):
        self.assertEqual(self.taken[0], 0)
        self.assertIn("4 orders, the last change at 20", self.taken[1])
        self.assertEqual(self.backup.stat().st_mode & 0o777, 0o600)
        self.assertEqual([file.name for file in self.backup.parent.iterdir()], ["station.backup"])
        self.assertEqual(self.again[0], 1)
        self.assertIn("exists", self.again[1])
        self.assertEqual(self.nowhere[0], 1)
        self.assertRegex(self.nowhere[1], r"there is no folder .*/nowhere .*\[request-refused\]")

    def test_2_a_folder_that_is_there_keeps_its_rights(self):
        folder = self.house.folder / "ledger"
        folder.chmod(0o750)
        self.restore("--nothing-made")
        self.assertEqual(folder.stat().st_mode & 0o777, 0o750)

    def test_2_a_ledger_that_is_still_there_is_not_touched(self):
        status, said = self.restore("--nothing-made")
        self.assertEqual(status, 1)
        self.assertIn("move the ledger away first", said)

    def test_3_what_would_undo_the_holds_is_refused(self):
        ledger = self.house.folder / "ledger/station.sqlite"
        for name, content in (("nothing.txt", ""), ("blank.txt", "\n\n")):
            (self.house.folder / name).write_text(content)
        last = max(order["certificateNumber"] for order in self.before.values())
        for words, said in ((["--nothing-made", "--made", "nothing.txt"], "contradicts"),
                            (["--last-number", last, "--made", "nothing.txt"], "names no orders"),
                            (["--last-number", last, "--made", "blank.txt"], "names no orders"),
                            (["--last-number", last, "--made", "ledger"], "cannot read"),
                            (["--last-number", "ZQ-2026-000123-02"], "no number of this station")):
            status, told = self.restore(*words)
            self.assertEqual((status, said in told), (2, True), told)
        kept = {file: file.read_bytes() for file in ledger.parent.glob("station.sqlite*")}
        ledger.unlink()
        (ledger.parent / "station.sqlite-wal").touch()  # as kill -9 leaves it
        status, told = self.restore("--nothing-made")
        self.assertEqual(status, 1, told)
        self.assertIn("-wal", told)
        self.assertFalse(ledger.exists())
        for file, octets in kept.items():
            file.write_bytes(octets)

    def test_4_an_empty_file_is_no_backup(self):
        ledger = self.house.folder / "ledger"
        kept = [file.rename(file.with_suffix(file.suffix + ".kept"))
                for file in ledger.glob("station.sqlite*") if file.suffix != ".lock"]
        empty = self.house.folder / "empty.backup"
        empty.touch()
        status, told = self.house.zegel("restore", empty, "--by", "J. Jansen", "--why", "lost",
                                        "--nothing-made", check=False)
        self.assertEqual(status, 1, told)
        self.assertIn("no ledger of a station", told)
        self.assertFalse((ledger / "station.sqlite").exists())
        for file in kept:
            file.rename(file.with_suffix(""))

    def test_5_the_restored_ledger_continues_where_it_stood(self):
        house = self.house
        for file in (house.folder / "ledger").glob("station.sqlite*"):
            file.unlink()
        status, said = self.restore()
        self.assertEqual(status, 2)
        self.assertIn("--last-number", said)
        first, second = sorted(self.before.values(), key=lambda order: order["certificateNumber"])
        made = house.folder / "made.txt"
        made.write_text(f"{first['order']}\n{second['order']}\n")
        status, said = self.restore("--last-number", second["certificateNumber"], "--made", made)
        self.assertEqual(status, 0, said)
        self.assertIn("1 order is on hold", said)
        self.assertTrue(house.report("since"), "its report is there")
        self.assertNotIn("since-01", house.zegel("status", check=False)[1], "what the ledger knows")
        house.start_station()
        self.assertIn("a card may have been made", house.zegel("status", "saved")[1])
        self.assertNotIn("since-01", house.zegel("status")[1])
        status, said = house.zegel("status", "since-01", check=False)
        self.assertEqual((status, "no order since-01 is known" in said), (1, True), said)
        house.zegel("order", "cancel", second["order"], "--by", "J. Jansen", "--why",
                    f"made on {second['chipSerial']}")
        following = subprocess.Popen([PROGRAMS / "zegel", "batch", "saved", "--follow", "--json"],
                                     env=house.environment, stdout=subprocess.PIPE)
        self.addCleanup(following.wait)
        self.addCleanup(following.kill)
        self.blanks(house, 2)
        house.await_that(lambda: self.in_state(house, "produced") == 3, "the other two cards", 60)
        told = json.loads(following.communicate(timeout=60)[0])
        self.assertEqual((following.returncode, told["states"]),
                         (1, {"produced": 3, "cancelled": 1}), "not every order was made")
        after = {order["order"]: order for order in house.report("saved")["orders"]}
        self.assertShown(after[first["order"]])
        self.assertEqual(after[first["order"]]["certificateNumber"], first["certificateNumber"])
        self.assertEqual(after[second["order"]]["state"], "cancelled")
        cards = [second] + [order for order in after.values() if order["state"] == "produced"]
        self.assertEqual(len({order["certificateNumber"] for order in cards}), 4)
        self.assertEqual(len({order["chipSerial"] for order in cards}), 4)
        live = {serial for serial, state in house.issued().items() if "revoked" not in state}
        on_cards = [serial for order in cards for serial in house.serials_on(order["chipSerial"])]
        self.assertEqual(sorted(live), sorted(on_cards))
        house.await_that(lambda: house.ledger_rows(
            "SELECT count(*) FROM events WHERE delivered IS NULL")[0][0] == 0, "the events", 60)
        self.assertEqual(house.ask_orders("/complaints"), [])
        status, said = house.zegel("audit", "--verify")
        self.assertEqual(status, 0, said)
        self.assertIn("ledger restored", house.zegel("audit")[1])

    def assertShown(self, order):
        """The card and the order, to people and to programs."""
        card = json.loads(self.house.zegel("card", order["chipSerial"], "--json")[1])
        self.assertEqual((card["state"], card["order"]), ("proved", order["order"]))
        self.assertEqual(self.house.ask("auditor", f"/v1/cards/{order['chipSerial']}"), (200, card))
        self.assertIn(f"card {order['chipSerial']}: proved\n",
                      self.house.zegel("card", order["chipSerial"])[1])
        proved = json.loads(self.house.zegel("cards", "--state", "proved", "--json")[1])["cards"]
        self.assertIn(card, proved)
        shown = json.loads(self.house.zegel("order", order["order"], "--json")[1])
        self.assertEqual(self.house.ask("auditor", f"/v1/orders/{order['order']}"), (200, shown))
        self.assertEqual({certificate["state"] for certificate in shown["certificates"]},
                         {"confirmed"})
        text = self.house.zegel("order", order["order"])[1]
        for certificate in shown["certificates"]:
            self.assertIn(certificate["serial"], text)

    def test_6_a_damaged_backup_is_refused_and_nothing_is_kept(self):
        damaged = self.house.folder / "damaged.backup"
        octets = bytearray(self.backup.read_bytes())
        octets[8192:40960] = bytes(len(octets[8192:40960]))
        damaged.write_bytes(octets)
        self.house.end("station")
        ledger = self.house.folder / "ledger"
        for file in ledger.glob("station.sqlite*"):
            file.rename(file.with_suffix(".aside"))
        status, said = self.house.zegel("restore", damaged, "--by", "J. Jansen", "--why", "lost",
                                        "--nothing-made", check=False)
        self.assertEqual(status, 1, said)
        self.assertEqual([file.name for file in ledger.iterdir()
                          if file.suffix not in (".aside", ".lock")], [])


if __name__ == "__main__":
    unittest.main()

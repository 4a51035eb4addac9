"""A backup of the ledger is taken beside a station at work; the disk is lost; a person brings the
ledger back and says what was made meanwhile. Judged by the cards, the CA's book and the simulated
order system, which complains of every event out of order or told twice with other words."""

import json
import os
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
        inbox, away = house.folder / "inbox", house.folder / "inbox-away"
        house.station.send_signal(signal.SIGSTOP)  # it would make anew what is missing
        os.waitpid(house.station.pid, os.WUNTRACED)
        inbox.rename(away)
        cls.unrecorded = house.zegel("backup", house.folder / "unrecorded.backup", check=False)
        away.rename(inbox)
        cls.busy = cls.asked_of_a_busy_one(house)
        house.station.send_signal(signal.SIGCONT)
        cls.after_all = cls.busy.communicate(timeout=60), cls.busy.returncode
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
    def asked_of_a_busy_one(house):
        """A backup that is asked for, and has told that it waits."""
        asked = subprocess.Popen(
            [PROGRAMS / "zegel", "backup", house.folder / "busy.backup"], env=house.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while "busy" not in (said := asked.stderr.readline()):
            assert said, f"it ended: {asked.communicate()}"
        return asked

    @staticmethod
    def in_state(house, state):
        report = house.report("saved")
        return sum(order["state"] == state for order in report["orders"]) if report else 0

    @staticmethod
    def blanks(house, count):
        house.hwsim("load", TOKEN_READER, count, "5.7", "--directory", house.folder / "bench")

    def ledger_files(self):
        return [file for file in (self.house.folder / "ledger").glob("station.sqlite*")
                if file.is_file() and file.suffix != ".lock"]

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

    def test_1_none_is_taken_that_the_station_cannot_record(self):
        self.assertEqual((self.unrecorded[0], "inbox/backups is gone" in self.unrecorded[1]),
                         (1, True), self.unrecorded[1])
        self.assertEqual(list(self.house.folder.glob("unrecorded*")), [])

    def test_1_a_station_that_is_busy_for_long_is_waited_for(self):
        (said, complaints), status = self.after_all
        self.assertEqual(status, 0, complaints)
        self.assertIn("recorded that user", said)
        self.assertIn("busy.backup: 4 orders", said)
        self.assertTrue((self.house.folder / "busy.backup").exists())

    @unittest.skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_2_another_user_is_refused_before_anything_is_written(self):
        made = [self.house.folder / place for place in ("ledger/station.sqlite", "inbox/backups")]
        for place in made:
            os.chown(place, 65534, -1)
            self.addCleanup(os.chown, place, 0, -1)
        copy = self.house.folder / "roots.backup"
        before = sorted(self.house.folder.rglob("*"))
        for status, said in (self.house.zegel("backup", copy, check=False),
                             self.restore("--nothing-made")):
            self.assertEqual(status, 1, said)
            self.assertRegex(said, "belongs to user nobody, and you are root: .*sudo -u nobody")
        self.assertEqual(sorted(self.house.folder.rglob("*")), before)

    def test_2_one_that_is_taken_without_a_station_is_recorded_by_the_next(self):
        copy = self.house.folder / "alone.backup"
        status, said = self.house.zegel("backup", copy)
        self.assertEqual((status, copy.exists()), (0, True), said)

    def test_2_a_folder_that_is_there_keeps_its_rights(self):
        folder = self.house.folder / "ledger"
        folder.chmod(0o750)
        self.restore("--nothing-made")
        self.assertEqual(folder.stat().st_mode & 0o777, 0o750)

    def test_2_a_ledger_that_is_still_there_is_not_touched(self):
        cut = self.house.folder / "cut.backup"
        cut.write_bytes(self.backup.read_bytes()[:-4096])
        for copy, why in ((self.backup, "move the ledger away first"), (cut, "cut.backup is cut"),
                          (self.house.folder / "none", "there is no backup"),
                          (self.house.folder / "station.toml", "is no backup: name a file")):
            status, said = self.house.zegel("restore", copy, "--by", "J. Jansen", "--why", "lost",
                                            "--nothing-made", check=False)
            self.assertEqual((status, why in said), (1, True), said)

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
        kept = {file: file.read_bytes() for file in self.ledger_files()}
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
                for file in self.ledger_files()]
        empty = self.house.folder / "empty.backup"
        empty.touch()
        status, told = self.house.zegel("restore", empty, "--by", "J. Jansen", "--why", "lost",
                                        "--nothing-made", check=False)
        self.assertEqual(status, 1, told)
        self.assertIn("is no backup: name a file that zegel backup wrote", told)
        self.assertFalse((ledger / "station.sqlite").exists())
        head = ledger / "station.sqlite.head"
        head.write_bytes(b"a later one")
        (self.house.folder / "unknown.txt").write_text("no-such-order\n")
        last = max(order["certificateNumber"] for order in self.before.values())
        status, told = self.restore("--last-number", last, "--made", "unknown.txt")
        self.assertEqual((status, "came in after the backup" in told), (2, True), told)
        self.assertEqual(head.read_bytes(), b"a later one", "a refused restore laid none")
        self.assertFalse((ledger / "station.sqlite").exists())
        for file in kept:
            file.rename(file.with_suffix(""))

    def test_5_the_restored_ledger_continues_where_it_stood(self):
        house = self.house
        for file in self.ledger_files():
            file.unlink()
        status, said = self.restore()
        self.assertEqual(status, 2)
        self.assertIn("--last-number", said)
        status, said = self.restore("--nothing-made")
        self.assertEqual((status, "a card was made since: " in said), (2, True), said)
        self.assertIn("saved.status.json tells of ZG-", said)
        self.assertEqual(self.ledger_files(), [])
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
        status, said = house.zegel("audit", "verify")
        self.assertEqual(status, 0, said)
        audit = house.zegel("audit")[1]
        self.assertIn("ledger restored", audit)
        self.assertRegex(audit, rf"user .* ledger copied +{self.backup} ", "it tells of itself")
        self.assertRegex(audit, rf"user .* ledger copied +{house.folder}/alone.backup ")

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
        for file in self.ledger_files():
            file.rename(file.with_suffix(".aside"))
        status, said = self.house.zegel("restore", damaged, "--by", "J. Jansen", "--why", "lost",
                                        "--nothing-made", check=False)
        self.assertEqual(status, 1, said)
        self.assertEqual([file.name for file in ledger.iterdir()
                          if file.is_file() and file.suffix not in (".aside", ".lock")], [])


if __name__ == "__main__":
    unittest.main()

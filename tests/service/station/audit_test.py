"""The audit chain, with openssl as the judge of its signature, and tampered with in each way."""

import shutil
import signal
import sqlite3
import unittest

from station_house import SOURCE, StationTest


class Audit(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.start_bench(cards=1, tokens=1)
        house.start_station()
        house.send_orders("audited", 1)
        house.await_batch("audited")
        order = house.report("audited")["orders"][0]
        assert house.receipt(order["certificateName"], order["certificateNumber"], "A. Person")[0]
        assert house.end("station") == 0
        cls.ledger = house.folder / "ledger/station.sqlite"
        cls.kept = house.folder / "kept.sqlite"
        database = sqlite3.connect(cls.ledger)  # all of it in one file
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        shutil.copy(cls.ledger, cls.kept)
        cls.head = house.folder / "ledger/station.sqlite.head"
        cls.kept_head = cls.head.read_bytes()

    def tampered(self, *statements):
        """What the auditor is told when somebody did that to the file."""
        for file in self.ledger.parent.glob("station.sqlite*"):
            if file.is_file() and file.suffix != ".lock":
                file.unlink()
        shutil.copy(self.kept, self.ledger)
        self.head.write_bytes(self.kept_head)
        database = sqlite3.connect(self.ledger)
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()
        status, text = self.house.zegel("audit", "verify", check=False)
        return status, text

    def records(self):
        database = sqlite3.connect(self.kept)
        count, = database.execute("SELECT count(*) FROM audit").fetchone()
        database.close()
        return count

    def test_it_is_whole_and_signed_when_nobody_touched_it(self):
        status, text = self.tampered()
        self.assertEqual(status, 0, text)
        self.assertRegex(text, f"whole: {self.records()} records, signed by the station up to "
                               f"record {self.records()} at 20")
        self.assertEqual(self.house.zegel("audit", "--verify"), (status, text), "as it was before")

    def test_a_changed_dropped_or_moved_record_is_named(self):
        for statement in ("UPDATE audit SET why='another' WHERE sequence=2",
                          "UPDATE audit SET who='another' WHERE sequence=2",
                          "DELETE FROM audit WHERE sequence=2"):
            status, text = self.tampered(statement)
            self.assertEqual(status, 1, text)
            self.assertIn("broken at record 2", text)
        status, text = self.tampered("UPDATE audit SET sequence=900 WHERE sequence=1",
                                     "UPDATE audit SET sequence=1 WHERE sequence=2",
                                     "UPDATE audit SET sequence=2 WHERE sequence=900")
        self.assertEqual(status, 1, text)
        self.assertIn("broken at record 1", text)

    def cut_off(self, kept):
        """All records behind that one, and whatever in the ledger tells of them."""
        return (f"DELETE FROM audit WHERE sequence>{kept}",
                f"DELETE FROM audit_heads WHERE sequence>{kept}",
                f"UPDATE sqlite_sequence SET seq={kept} WHERE name='audit'")

    def first_head(self):
        """The first that covers the record of where heads are kept."""
        database = sqlite3.connect(self.kept)
        head, = database.execute(
            "SELECT sequence, record FROM audit_heads WHERE sequence>=(SELECT sequence FROM audit "
            "WHERE act='audit head kept beside the ledger') ORDER BY sequence LIMIT 1")
        database.close()
        self.assertLess(head[0], self.records())
        return head

    def test_records_cut_off_the_end_are_missed(self):
        last = self.records()
        first, _ = self.first_head()
        records, heads, counted = self.cut_off(first)
        for statements, found in (((records,), f"broken at record {first + 1}"),
                                  ((records, heads), f"broken at record {first + 1}"),
                                  ((records, counted), f"record {last} was signed and is gone"),
                                  ((records, heads, counted),
                                   f"record {last} was signed and is gone")):
            status, text = self.tampered(*statements)
            self.assertEqual(status, 1, text)
            self.assertIn(found, text)

    def test_a_head_kept_elsewhere_tells_what_the_station_s_own_disk_no_longer_can(self):
        home = self.house.folder / "auditor"
        self.tampered()
        self.assertEqual(self.house.zegel("audit", "--export", home)[0], 0)
        first, head = self.first_head()
        self.tampered(*self.cut_off(first))
        self.head.unlink()
        status, text = self.house.zegel("audit", "verify", check=False)
        self.assertEqual((status, f"{self.head} is gone" in text), (1, True), text)
        self.head.write_bytes(head)
        self.assertEqual(self.house.zegel("audit", "verify", check=False)[0], 0, "as it once was")
        status, text = self.house.zegel("audit", "verify", "--head", home / "head.p7", check=False)
        self.assertEqual(status, 1, text)
        self.assertIn(f"record {self.records()} was signed and is gone", text)
        status, text = self.house.zegel("audit", "verify", "--head", home / "no.p7", check=False)
        self.assertEqual((status, "there is no file" in text), (1, True), text)

    def test_a_station_that_starts_records_what_was_done_to_the_chain(self):
        first, _ = self.first_head()
        self.tampered(*self.cut_off(first))
        self.house.start_station()
        self.assertEqual(self.house.end("station"), 0)
        text = self.house.zegel("audit")[1]
        self.assertRegex(text, f"station +audit not as it was left .*record {self.records()} was "
                               "signed and is gone")

    def test_a_head_is_missed_once_there_was_one_and_not_in_a_ledger_of_before(self):
        self.tampered()
        for file in (self.ledger, self.head):
            file.unlink()
        database = sqlite3.connect(self.ledger)
        database.executescript((SOURCE / "tests/unit/ledger/first_schema.sql").read_text())
        database.execute("UPDATE orders SET state='cancelled' WHERE state<>'produced'")
        database.commit()
        before, = database.execute("SELECT count(*) FROM audit").fetchone()
        database.close()
        said = self.told_by_a_start()
        self.assertNotIn("audit not as it was left", said)
        self.assertEqual(said["records found unsigned"],
                         f"no station had signed this ledger before: {before} records")
        status, text = self.house.zegel("audit", "verify", check=False)
        self.assertEqual((status, "signed by the station up to" in text), (0, True), text)
        self.head.unlink()
        status, text = self.house.zegel("audit", "verify", check=False)
        self.assertEqual((status, f"{self.head} is gone" in text), (1, True), text)
        self.assertIn(f"{self.head} is gone", self.told_by_a_start()["audit not as it was left"])
        self.head.unlink()
        database = sqlite3.connect(self.ledger)
        database.execute("DELETE FROM audit_heads")
        database.commit()
        database.close()
        status, text = self.house.zegel("audit", "verify", check=False)
        self.assertEqual((status, "every head that the station signed is gone" in text), (1, True),
                         text)

    def told_by_a_start(self):
        """What a station recorded by itself since the ledger was made: why, by act."""
        self.house.start_station()
        self.assertEqual(self.house.end("station"), 0)
        return dict(self.house.ledger_rows("SELECT act, why FROM audit ORDER BY sequence"))

    def test_what_it_records_itself_is_not_among_what_it_found_unsigned(self):
        database = sqlite3.connect(self.kept)
        unsigned, = database.execute(
            "SELECT min(sequence) + 1 FROM audit_heads h WHERE NOT EXISTS"
            "(SELECT 1 FROM audit_heads n WHERE n.sequence=h.sequence + 1)").fetchone()
        database.close()
        self.assertLess(unsigned, self.records())
        self.tampered(*self.cut_off(unsigned))
        self.house.start_station()
        self.assertEqual(self.house.end("station"), 0)
        said = self.house.ledger_rows("SELECT act, subject, why FROM audit "
                                      f"WHERE sequence>{unsigned} ORDER BY sequence LIMIT 2")
        self.assertEqual(said[0], ("records found unsigned", f"{unsigned} to {unsigned}",
                                   "the station stopped before it signed 1 record"))
        self.assertEqual(said[1][0], "audit not as it was left")

    def test_what_a_killed_station_had_not_signed_is_recorded(self):
        self.tampered()
        unsigned = 0
        while not unsigned:  # it signs now and then
            self.house.start_station()
            self.house.receipt("Nobody", "ZG-2026-000001-01", "A. Person")
            self.house.end("station", signal.SIGKILL)
            unsigned = self.house.ledger_rows(
                "SELECT (SELECT max(sequence) FROM audit) - (SELECT max(sequence) FROM audit_heads)"
            )[0][0]
        self.house.start_station()
        said = self.house.ledger_rows("SELECT a.subject, a.sequence, h.sequence FROM audit a, "
                                      "audit_heads h WHERE a.act='records found unsigned' "
                                      "ORDER BY h.sequence DESC, a.sequence DESC LIMIT 1")
        self.assertEqual(self.house.end("station"), 0)
        (subject, record, signed), = said
        self.assertEqual(subject, f"{record - unsigned} to {record - 1}")
        self.assertGreaterEqual(signed, record, "signed at once")

    def test_a_head_that_the_station_did_not_sign_is_not_believed(self):
        database = sqlite3.connect(self.kept)
        heads = database.execute("SELECT sequence, record FROM audit_heads").fetchall()
        database.close()
        changed = [(head, (record[:-1] + bytes([record[-1] ^ 1])).hex()) for head, record in heads]
        status, text = self.tampered(
            *(f"UPDATE audit_heads SET record=x'{record}' WHERE sequence={head}"
              for head, record in changed))
        self.assertEqual(status, 1, text)
        self.assertIn("is not the station's", text)

    def test_the_trail_is_shown_whatever_became_of_the_sealing_certificate(self):
        self.tampered()
        certificate = self.house.folder / "seal/station.pem"
        kept, home = certificate.read_bytes(), self.house.folder / "unchecked"
        for content, why in ((b"no certificate", "no certificate in PEM found"),
                             (None, "for want of the certificate")):
            if content is None:
                certificate.unlink()
            else:
                certificate.write_bytes(content)
            try:
                shown = self.house.zegel("audit", check=False)
                exported = self.house.zegel("audit", "--export", home, check=False)
                verified = self.house.zegel("audit", "verify", check=False)
            finally:
                certificate.write_bytes(kept)
            for status, text in (shown, exported):
                self.assertEqual(status, 0, text)
                self.assertIn("signatures were not checked", text)
                self.assertIn(why, text)
            self.assertEqual(verified[0], 4, "nobody takes this for proved: " + verified[1])
            self.assertIn("signatures were not checked", verified[1])
            self.assertIn("A. Person", shown[1])
            self.assertEqual(len((home / "audit.tsv").read_text().splitlines()), self.records())

    def test_its_help_tells_of_the_status_of_what_could_not_be_checked(self):
        status, text = self.house.zegel("help", "audit")
        self.assertEqual(status, 0)
        self.assertIn("4 when its signatures could not be checked or there are none yet", " ".join(text.split()))

    def test_openssl_verifies_what_an_auditor_takes_home(self):
        self.tampered()
        home = self.house.folder / "home"
        status, text = self.house.zegel("audit", "--export", home)
        self.assertEqual(status, 0, text)
        certificate = self.house.folder / "seal/station.pem"
        status, text = self.house.run(
            "openssl", "cms", "-verify", "-inform", "der", "-in", home / "head.p7", "-certfile",
            certificate, "-noverify", "-nointern")
        self.assertEqual(status, 0, text)
        lines = (home / "audit.tsv").read_text().splitlines()
        self.assertEqual(len(lines), self.records())
        self.assertIn("digest: " + lines[-1].split("\t")[-1], text)
        self.assertIn("A. Person", "\n".join(lines))


if __name__ == "__main__":
    unittest.main()

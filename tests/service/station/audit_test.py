"""The audit chain, with openssl as the judge of its signature, and tampered with in each way."""

import shutil
import sqlite3
import unittest

from station_house import StationTest


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

    def tampered(self, *statements):
        """What the auditor is told when somebody did that to the file."""
        for file in self.ledger.parent.glob("station.sqlite*"):
            if file.suffix != ".lock":
                file.unlink()
        shutil.copy(self.kept, self.ledger)
        database = sqlite3.connect(self.ledger)
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()
        status, text = self.house.zegel("audit", "--verify", check=False)
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

    def test_records_cut_off_the_end_are_missed(self):
        last = self.records()
        status, text = self.tampered(f"DELETE FROM audit WHERE sequence={last}")
        self.assertEqual(status, 1, text)
        self.assertIn(f"record {last} was signed and is gone", text)

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
                verified = self.house.zegel("audit", "--verify", check=False)
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
        self.assertIn("4 when its signatures could not be checked", " ".join(text.split()))

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

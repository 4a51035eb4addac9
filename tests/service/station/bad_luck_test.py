"""What may fail around a running station: the CA, the PC/SC service, the disk, the station itself.

After each, judged by the CA's own lists and the chips' state files: every order is made in the end,
no order costs two live cards, and what was issued for spoiled cards is revoked."""

import contextlib
import json
import os
import resource
import signal
import unittest

from station_house import TOKEN_READER, StationTest

STEPS = ("making keys", "asking for certificates", "guarding the chip", "sealing the codes",
         "proving the card")


class Luck(StationTest):
    def setUp(self):
        self.addCleanup(self.house.misbehave, "none")
        self.batches = []

    def send(self, batch, count, **changes):
        self.house.send_orders(batch, count, **changes)
        self.batches.append(batch)

    def blanks(self, count):
        self.house.hwsim("load", TOKEN_READER, count, "5.7", "--directory",
                         self.house.folder / "bench")

    def assertMade(self, batch, seconds=120):
        report = self.house.await_batch(batch, seconds)
        states = {order["order"]: order["state"] for order in report["orders"]}
        self.assertEqual(set(states.values()), {"produced"}, report)
        return report

    def await_step(self, step, since=0):
        """The line told with the most verbose settings when a card comes to a step."""
        self.await_that(lambda: f"working, {step}" in self.house.log()[since:], f"'{step}'")

    def all_batches(self):
        return sorted(file.name.removesuffix(".status.json")
                      for file in (self.house.folder / "reports").glob("*.status.json")
                      if file.name != "station.status.json")


class Authority(Luck):
    @classmethod
    def prepare(cls, house):
        house.make(verbosity="everything")
        house.start_authority()
        house.start_bench(cards=1, tokens=2)
        house.end("authority")
        house.start_station()  # with no CA
        house.send_orders("before-the-ca", 1)

        def misses_it():
            cls.paused = [reader for reader in house.readers()
                          if reader["state"] == "paused" and "before-the-ca-01" in reader["message"]]
            return cls.paused

        house.await_that(misses_it, "the station to miss the CA for that order", 60)
        cls.while_down = house.report("before-the-ca")
        house.restart_authority()
        house.await_batch("before-the-ca")

    def test_a_ca_that_is_down_at_the_start_costs_no_order_and_no_second_card(self):
        self.assertIn(self.while_down["orders"][0]["state"], ("queued", "in-production"))
        self.assertIn("CA", self.paused[0]["message"])
        self.assertEqual(self.paused[0]["fault"], "authority-unavailable")
        self.assertMade("before-the-ca")
        self.assertTruths(self.house, self.all_batches())

    def test_a_slow_ca_is_waited_for(self):
        self.house.misbehave("slow 1500 2 times")
        self.blanks(1)
        self.send("slow", 1)
        self.assertMade("slow")
        self.assertTruths(self.house, self.all_batches())

    def test_a_ca_that_says_later_is_asked_again(self):
        self.house.misbehave("waiting 1")
        self.blanks(1)
        self.send("later", 1)
        self.assertMade("later")

    def test_a_lost_answer_costs_nothing(self):
        self.house.misbehave("lost-answer once")
        self.blanks(2)
        self.send("lost", 1)
        self.assertMade("lost")
        self.assertTruths(self.house, self.all_batches())

    def assertOnHold(self, batch, misbehaviour, *words):
        self.house.misbehave(misbehaviour)
        self.blanks(1)
        self.send(batch, 1)
        order = self.house.await_batch(batch)["orders"][0]
        self.assertEqual(order["state"], "on-hold", order)
        self.assertNotIn("certificateNumber", order)
        for word in (order["order"], *words):
            self.assertIn(word, order["reason"])
        self.assertTrue(order["reason"].endswith(" [authority-refused]"), order["reason"])
        self.await_that(lambda: f"attention, {order['reason']}\n" in self.house.log(), "the log")
        self.house.misbehave("none")
        self.blanks(1)
        self.send(batch + "-next", 1)
        self.assertMade(batch + "-next")
        self.assertTruths(self.house, self.all_batches())

    def test_a_ca_that_refuses_puts_the_order_on_hold(self):
        self.assertOnHold("refused", "refuse", "CA")

    def test_a_certificate_with_another_subject_is_refused_and_revoked(self):
        before = self.house.revoked_in_crl()
        self.assertOnHold("subject", "wrong-subject", "subject")
        self.assertTrue(self.house.revoked_in_crl() - before)

    def test_a_certificate_over_another_key_is_refused_and_revoked(self):
        before = self.house.revoked_in_crl()
        self.assertOnHold("key", "another-key", "key")
        self.assertTrue(self.house.revoked_in_crl() - before)

    def test_a_signer_that_has_ended_is_not_believed(self):
        self.house.misbehave("expired-signer")
        self.blanks(3)
        self.send("signer", 1)
        self.await_that(lambda: "signer-01" in self.house.log() and
                        "certificate that is not valid today" in self.house.log(),
                        "the station to refuse the CA's signer")
        self.house.misbehave("none")
        self.house.end("authority")
        self.house.restart_authority()  # with a signer that is valid
        self.assertMade("signer")
        self.assertTruths(self.house, self.all_batches())


    def test_sigterm_ends_a_station_whose_ca_hangs(self):
        self.house.misbehave("slow 60000")
        self.blanks(2)
        since = len(self.house.log())
        self.send("hangs", 1)
        self.await_step("asking for certificates", since)
        self.assertEqual(self.house.end("station", seconds=45), 0, "the CA takes a minute")
        self.house.misbehave("none")
        self.house.start_station()
        self.assertMade("hangs")
        self.assertTruths(self.house, self.all_batches())

    def test_a_certificate_that_the_ca_does_not_tell_is_settled_by_a_person(self):
        before = set(self.house.issued())
        self.house.misbehave("lost-answer")
        self.blanks(2)
        self.send("doubt", 1)
        self.await_that(lambda: len(set(self.house.issued()) - before) == 3, "three answers lost")
        self.house.misbehave("refuse")
        refused = []

        def all_refused():
            refused[:] = [entry for entry in self.house.station_status()["certificates"]
                          if entry["state"] == "in-doubt" and "not registered" in entry["said"]]
            return len(refused) == 3

        self.await_that(all_refused, "the CA to refuse to tell them")
        said = self.house.zegel("status")[1]
        self.assertIn("3 certificates in doubt", said)
        self.assertIn("zegel doubt never-issued TRANSACTION", said)
        settings = self.house.folder / "station.toml"
        unwritten = settings.with_name("unwritten.toml")  # no status file lies in its reports
        unwritten.write_text(settings.read_text().replace('reports = "', 'reports = "not-'))
        said = self.house.zegel("exceptions", "--settings", unwritten)[1]
        self.assertIn("readers are not known", said)
        for entry in refused:
            self.assertIn(entry["transaction"], said)
        serial_of = self.house.serials_by_transaction()
        file_of = self.house.certificate_files_by_transaction()
        told = [("--serial", serial_of), ("--certificate", file_of), ("--certificate", file_of)]
        another = file_of[refused[2]["transaction"]]
        status, answer = self.house.zegel(
            "doubt", "issued", refused[1]["transaction"], "--certificate", another,
            "--by", "T. Ester", "--why", "a slip", check=False)
        self.assertEqual(status, 1, answer)
        self.assertIn("does not hold the key that was asked for", answer)
        for entry, (option, of) in zip(refused, told):
            self.assertIn(entry["transaction"], said)
            status, answer = self.house.zegel(
                "doubt", "issued", entry["transaction"], option, of[entry["transaction"]],
                "--by", "T. Ester", "--why", "seen at the CA")
            self.assertEqual(status, 0, answer)
        status, answer = self.house.zegel("doubt", "never-issued", refused[0]["transaction"], "--by",
                                          "T. Ester", "--why", "changed my mind", check=False)
        self.assertEqual(status, 1, answer)
        self.assertIn("not in doubt", answer)
        self.assertIn("T. Ester", self.house.zegel("audit")[1])
        self.house.misbehave("none")
        self.await_that(lambda: self.house.order("doubt")["state"] in ("produced", "on-hold"),
                        "the order's next try")
        if self.house.order("doubt")["state"] == "on-hold":
            self.house.zegel("order", "release", "doubt-01", "--by", "T. Ester", "--why", "CA well")
            self.await_that(lambda: self.house.order("doubt")["state"] != "on-hold", "the release")
        self.assertMade("doubt")
        self.assertTruths(self.house, self.all_batches())
        self.assertNotIn("certificates in doubt", self.house.zegel("status")[1])


class Service(Luck):
    @classmethod
    def prepare(cls, house):
        house.make(verbosity="everything")
        house.start_authority()
        house.set(url=house.authority_url + "/cmp", socket=str(house.folder / "bench/pcscd.comm"))
        house.start_station()
        house.send_orders("without-service", 1)
        house.await_that(lambda: ("PC/SC service", "paused", "reader-unavailable") in
                         [(reader["reader"], reader["state"], reader.get("fault"))
                          for reader in house.readers()],
                         "the station to miss the PC/SC service", 60)
        cls.said = house.zegel("readers")[1], house.log()
        house.start_bench(cards=1, tokens=1)

    def test_a_station_without_a_service_says_so_and_works_when_it_comes(self):
        for said in self.said:
            self.assertRegex(said, r"PC/SC service.*paused.*(pcscd|PC/SC).*\[reader-unavailable\]\n")
        self.assertMade("without-service")
        self.await_that(lambda: "PC/SC service" not in self.house.zegel("readers")[1],
                        "the service's own row to go")
        self.assertIn("the service answers again", self.house.log())

    def test_a_service_that_dies_in_mid_batch_costs_no_order(self):
        bench = ("--directory", self.house.folder / "bench")
        self.assertMade("without-service")
        self.blanks(5)
        since = len(self.house.log())
        self.send("service-dies", 4)
        for step in ("making keys", "guarding the chip", "asking for certificates"):
            self.await_step(step, since)
            killed = len(self.house.log())
            self.house.hwsim("service", "kill", *bench)
            self.await_that(lambda: "PC/SC service: paused" in self.house.log()[killed:],
                            "the station to miss the service")
            made = {reader["reader"]: reader["made"] for reader in self.house.readers()}
            since = len(self.house.log())
            self.house.hwsim("service", "start", *bench)
        self.assertMade("service-dies")
        self.assertNotIn("in a row failed here", self.house.log(), "no reader is to blame")
        for reader in self.house.readers():
            self.assertGreaterEqual(reader["made"], made[reader["reader"]], "it counts on")
        self.assertGreater(sum(made.values()), 0)
        self.assertTruths(self.house, self.all_batches())


    def test_a_service_that_hangs_is_told_as_what_waits_for_a_person_until_it_answers(self):
        pcscd = int(self.house.hwsim("service", "pid", "--directory",
                                     self.house.folder / "bench")[1])
        self.blanks(2)
        since = len(self.house.log())
        self.send("hangs", 1)
        self.await_step("making keys", since)
        self.addCleanup(os.kill, pcscd, signal.SIGCONT)
        os.kill(pcscd, signal.SIGSTOP)
        words = "did not answer within 20 s; start pcscd again"

        def all_say_so():
            readers = self.house.readers()
            return len(readers) == 3 and all(reader["state"] == "paused" and words in reader["message"]
                                             for reader in readers)

        self.await_that(all_say_so, "the service and both its readers to be told as hanging", 120)
        waiting = json.loads(self.house.zegel("exceptions", "--json")[1])["readers"]
        self.assertEqual({reader["reader"] for reader in waiting},
                         {reader["reader"] for reader in self.house.readers()})
        os.kill(pcscd, signal.SIGCONT)
        self.assertMade("hangs")
        self.await_that(lambda: all(reader["state"] != "paused" for reader in self.house.readers()),
                        "all of them to go on")
        self.assertNotIn(": gone", self.house.log()[since:], "nobody said that a reader went")
        self.assertTruths(self.house, self.all_batches())


class TwoServices(Luck):
    """One station at two PC/SC services whose readers have the same names."""

    @classmethod
    def prepare(cls, house):
        house.make(verbosity="everything")
        house.start_authority()
        house.start_bench(cards=3, tokens=1)
        second = house.start_second_bench("right", cards=3)
        house.use_services({"left": house.environment["PCSCLITE_CSOCK_NAME"], "right": second})
        house.start_station()

    def readers_that_made(self):
        return {reader["reader"] for reader in self.house.readers() if reader["made"] > 0}

    def test_a_batch_is_made_on_both_though_one_process_is_killed_in_the_middle(self):
        since = len(self.house.log())
        self.send("both", 4, profile="group-card-p256")
        self.await_step("guarding the chip", since)
        processes = self.house.reader_processes()
        self.assertEqual(len(processes), 2)
        os.kill(processes[0], signal.SIGKILL)
        self.assertMade("both")
        self.assertTruths(self.house, self.all_batches())
        self.await_that(lambda: {name.split("/")[0] for name in self.readers_that_made()} ==
                        {"left", "right"}, "the readers of both to tell what they made")
        self.assertRegex(self.house.log()[since:], "PC/SC service (left|right): paused, .*has ended")


class NoReader(Luck):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.start_bench(cards=1, tokens=1)
        house.set(ignore_readers=["*"])
        house.start_station()

    def test_without_a_reader_orders_wait_and_the_station_says_why(self):
        self.send("waits", 1)
        self.await_that(lambda: self.house.order("waits").get("state") == "queued", "the batch")
        self.assertIn("no reader is connected", self.house.zegel("readers")[1])


class Ends(Luck):
    """The station's own end, by a signal or for want of room, in mid-batch."""

    @classmethod
    def prepare(cls, house):
        house.make(verbosity="everything")
        house.start_authority()
        house.start_bench(cards=1, tokens=1)
        house.start_station()

    def test_sigterm_in_mid_batch_leaves_no_card_half_done(self):
        self.blanks(3)
        since = len(self.house.log())
        self.send("sigterm", 3)
        self.await_step("asking for certificates", since)
        self.assertEqual(self.house.end("station"), 0)
        states = [order["state"] for order in self.house.report("sigterm")["orders"]]
        self.assertNotIn("in-production", states)
        self.assertIn("queued", states)
        self.assertIn("station stopped", self.house.log())
        self.house.start_station()
        self.assertMade("sigterm")
        self.assertTruths(self.house, self.all_batches())

    def test_an_end_of_the_whole_process_group_finishes_the_card_under_way(self):
        """As a terminal's Ctrl-C and a service's stop end it: the process at the readers too."""
        self.blanks(2)
        since = len(self.house.log())
        self.send("group-end", 1)
        self.await_step("making keys", since)
        processes = self.house.reader_processes()
        self.assertEqual(len(processes), 1)
        os.killpg(self.house.station.pid, signal.SIGINT)
        for process in processes:
            with contextlib.suppress(ProcessLookupError):  # the card was finished meanwhile
                os.kill(process, signal.SIGTERM)
        self.assertEqual(self.ended(), 0)
        self.assertMade("group-end")
        self.assertNotIn("spoiled", json.dumps(self.house.report("group-end")))
        self.house.start_station()
        self.assertEqual(self.house.order("group-end")["state"], "produced")
        self.assertTruths(self.house, self.all_batches())

    def test_a_station_that_is_gone_is_not_shown_as_if_it_ran(self):
        self.house.end("station", signal.SIGKILL)
        for word in ("readers", "status"):
            if word == "status" and not self.all_batches():
                continue
            status, text = self.house.zegel(word, check=False)
            self.assertEqual(status, 3, text)
            self.assertIn("the station is not running", text)
        self.house.start_station()
        self.await_that(lambda: self.house.zegel("readers", check=False)[0] == 0, "it to run")

    def test_kill_9_at_each_step_loses_no_order_and_makes_none_twice(self):
        self.blanks(2 * len(STEPS))  # each kill spoils a card at most
        since = len(self.house.log())
        self.send("kill", len(STEPS))  # an order for each, should a card be made before its kill
        for step in STEPS:
            self.await_step(step, since)
            self.house.end("station", signal.SIGKILL)
            since = len(self.house.log())
            self.house.start_station()
        self.assertMade("kill")
        self.assertIn("recovered: order kill-", self.house.log())
        self.assertTruths(self.house, self.all_batches())

    def test_a_ledger_without_room_stops_the_station_before_a_chip_is_touched(self):
        self.house.end("station")
        self.house.start_station()
        self.blanks(2)
        self.await_that(lambda: any("a card is in and no order waits" in reader["message"]
                                    for reader in self.house.readers()), "a blank to be seen")
        chips = {file: file.read_bytes()
                 for file in (self.house.folder / "bench/chips").glob("*.chip")}
        self.limit(4096)
        content = self.house.send_orders("no-room", 1)
        self.assertEqual(self.ended(), 1)
        said = (self.house.folder / "log/station.out").read_text()
        self.assertIn("[ledger-unwritable]", said)
        self.assertIn("check the disk and start it again", said)
        self.assertEqual({file: file.read_bytes() for file in chips}, chips)
        waiting = self.house.folder / "inbox/batches/no-room.json"
        self.assertEqual(waiting.read_bytes(), content)
        self.house.start_station()
        self.assertMade("no-room")
        self.assertTruths(self.house, self.all_batches())

    def test_a_disk_that_fills_up_in_mid_batch_costs_no_order(self):
        self.blanks(4)
        since = len(self.house.log())
        self.send("fills-up", 2)
        self.await_step("making keys", since)
        self.limit(4096)
        self.assertEqual(self.ended(), 1)
        self.house.start_station()
        self.assertMade("fills-up")
        self.assertTruths(self.house, self.all_batches())

    def limit(self, octets):
        """No file of the running station may grow past this, as if the disk were full."""
        resource.prlimit(self.house.station.pid, resource.RLIMIT_FSIZE, (octets, octets))

    def ended(self):
        status = self.house.station.wait(timeout=60)
        self.house.running = [entry for entry in self.house.running
                              if entry[1] is not self.house.station]
        return status


if __name__ == "__main__":
    unittest.main()

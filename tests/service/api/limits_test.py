"""What a client may not do to the station: too much, too often, too slowly, or not quite HTTP."""

import json
import resource
import signal
import ssl
import threading
import time
import unittest

from api_house import ApiTest, batch_of

SECURITY_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff",
                    "x-frame-options": "DENY", "referrer-policy": "no-referrer",
                    "cross-origin-resource-policy": "same-origin"}
HOLD = "POST /v1/orders/x/hold HTTP/1.1\r\nHost: x\r\n"
JSON = "Content-Type: application/json\r\n"
SMALL = 64 << 10
BATCH = 100 << 20
MOST_OF_A_FILE = 4096
TRAIL = "SELECT digest FROM audit WHERE act <> 'station started'"


class Requests(ApiTest):
    def assertRefused(self, request, status, *words, client="supervisor"):
        said, headers, body = self.house.raw(client, request)
        self.assertEqual(said, status, body)
        self.assertProblem((said, json.loads(body)), status, *words)
        for name, value in SECURITY_HEADERS.items():
            self.assertEqual(headers[name], value)
        self.assertIn("default-src 'none'", headers["content-security-policy"])
        self.assertIn("max-age", headers["strict-transport-security"])
        self.assertEqual(headers["x-request-id"], json.loads(body)["request"])
        return headers

    def test_a_body_that_is_too_long_is_not_read(self):
        self.assertRefused(f"{HOLD}{JSON}Content-Length: {SMALL + 1}\r\n\r\n", 413, str(SMALL))
        self.assertRefused(f"POST /v1/batches HTTP/1.1\r\nHost: x\r\n{JSON}"
                           f"Content-Length: {BATCH + 1}\r\n\r\n", 413, str(BATCH),
                           client="order-system")
        # A client that sends it all the same still reads why.
        self.assertRefused(f"{HOLD}{JSON}Content-Length: {1 << 20}\r\n\r\n" + "x" * (1 << 20), 413)

    def test_a_body_of_the_greatest_length_is_read(self):
        body = b'{"id": "i", "reason": "r"' + b" " * (SMALL - 26) + b"}"
        self.assertEqual(len(body), SMALL)
        self.assertProblem(self.house.ask("supervisor", "/v1/orders/x/hold", body), 404, "x")

    def test_a_body_without_a_plain_length_is_not_read(self):
        body = '{"id": "i", "reason": "r"}'
        self.assertRefused(f"{HOLD}{JSON}\r\n", 411)
        self.assertRefused(f"{HOLD}{JSON}Transfer-Encoding: chunked\r\n\r\n1a\r\n{body}\r\n0\r\n\r\n",
                           411)
        self.assertRefused(f"{HOLD}{JSON}Content-Length: 26\r\nContent-Length: 27\r\n\r\n{body}", 400)
        for length in ("-1", "+26", "0x1a", "26 ", "26, 26", "99999999999999999999"):
            with self.subTest(length):
                said, *_ = self.house.raw("supervisor",
                                          f"{HOLD}{JSON}Content-Length: {length}\r\n\r\n{body}")
                self.assertIn(said, (400, 404) if length == "26 " else (400,))
        self.assertRefused(f"{HOLD}{JSON}Content-Length: 26\r\nTransfer-Encoding: chunked\r\n\r\n"
                           f"{body}", 400)

    def test_what_is_not_json_is_not_read(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            with self.subTest(kind):
                self.assertRefused(f"{HOLD}Content-Type: {kind}\r\nContent-Length: 2\r\n\r\n{{}}", 415)
        self.assertRefused(f"{HOLD}{JSON}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{{}}", 415)

    def test_a_get_takes_no_body(self):
        self.assertRefused("GET /v1/readers HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 400)

    def test_another_site_s_page_asks_in_vain(self):
        for site in ("cross-site", "same-site"):
            self.assertRefused(f"GET /v1/readers HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: {site}\r\n\r\n",
                               403, "site")

    def test_what_is_no_http_is_answered_and_cut(self):
        for octets in ("\r\n\r\n", "GET\r\n\r\n", "G" * 5000 + " / HTTP/1.1\r\n\r\n",
                       "GET /" + "a" * 20000 + " HTTP/1.1\r\n\r\n",
                       "GET / HTTP/1.1\r\n" + "A: b\r\n" * 5000 + "\r\n",
                       "GET / HTTP/1.1\r\nA: " + "b" * 20000 + "\r\n\r\n",
                       b"\x00\xff\xfe" * 100 + b"\r\n\r\n"):
            with self.subTest(octets[:20]):
                try:
                    said, headers, _ = self.house.raw("supervisor", octets)
                    self.assertIn(said, (400, 404, 405))
                    self.assertIn("x-request-id", headers)
                except (ConnectionError, ssl.SSLError) as cut:
                    self.assertNotIsInstance(cut, TimeoutError)
        self.assertEqual(self.house.ask("supervisor", "/health")[0], 200)

    def test_paths_and_queries_are_read_strictly(self):
        for path in ("/v1/batches/", "/v1//batches", "/v1/batches/a/b", "/v1/batches/%zz",
                     "/v1/batches/%00", "/V1/batches", "/v1/batches/../readers", "/v1/batches/%0a"):
            with self.subTest(path):
                self.assertEqual(self.house.ask("supervisor", path)[0], 404)
        for query in ("limit=0", "limit=1001", "limit=x", "limit=", "limit=1&limit=2", "after=-1",
                      "after=1e3", "colour=1", "%zz=1", "after=99999999999999999999"):
            with self.subTest(query):
                self.assertProblem(self.house.ask("supervisor", f"/v1/batches?{query}"), 400)

    def test_a_thousand_small_requests_on_one_connection(self):
        took = []
        with self.house.connect(self.house.tls("operator")) as connection:
            for _ in range(1000):
                began = time.monotonic()
                connection.request("GET", "/v1/batches/none")
                answer = connection.getresponse()
                self.assertEqual(answer.status, 404)
                answer.read()
                took.append(time.monotonic() - began)
        # The fastest tenth, since any of them may have to wait for the machine.
        self.assertLess(sorted(took)[100], 0.038, "with Nagle's delay each takes 40 ms")

    def test_every_request_stands_in_the_log_with_its_id(self):
        said = self.house.ask("dispatch", "/v1/audit?after=7")[1]
        self.await_that(lambda: any(line.get("request") == said["request"]
                                    for line in self.house.access()), "the line")
        line = next(line for line in self.house.access() if line.get("request") == said["request"])
        self.assertEqual((line["client"], line["method"], line["path"], line["status"]),
                         ("dispatch", "GET", "/v1/audit", 403))
        self.assertIn("role", line["why"])
        self.assertRegex(line["fingerprint"], r"^sha256:[0-9a-f]{64}$")


class Patience(ApiTest):
    """With times that a test can wait for."""

    @classmethod
    def before_start(cls, house):
        house.api(requests_per_second=100000, answer_within_seconds=4, batch_within_seconds=5)

    def assertCut(self, client, first, drip, within=60):
        """Sends `first`, then one octet of `drip` now and then, without end; gives what was
        answered."""
        began = time.monotonic()
        answer = b""
        with self.house.dial(client) as tls:
            tls.settimeout(0.2)
            try:
                tls.sendall(first.encode())
                while time.monotonic() - began < within + 5:
                    try:
                        answer += tls.recv(4096) or self.fail_softly()
                    except TimeoutError:
                        tls.sendall(drip)
            except (ConnectionError, ssl.SSLError, EOFError, OSError):
                pass
        self.assertLess(time.monotonic() - began, within)
        self.assertEqual(self.house.ask("supervisor", "/health")[0], 200)
        return answer

    @staticmethod
    def fail_softly():
        raise EOFError

    def test_a_header_that_drips_is_cut_off(self):
        self.assertCut("supervisor", "GET /health HTTP/1.1\r\nX: ", b"a")

    def test_a_body_that_drips_is_cut_off(self):
        self.assertCut("supervisor", f"{HOLD}{JSON}Content-Length: 1000\r\n\r\n", b"a")

    def test_a_batch_that_drips_is_cut_off_and_leaves_nothing(self):
        self.assertCut("order-system", f"POST /v1/batches HTTP/1.1\r\nHost: x\r\n{JSON}"
                       "Content-Length: 100000\r\n\r\n", b"a")
        spool = self.house.spool
        self.await_that(lambda: list(spool.iterdir()) == [], "the spool to be empty")

    def test_a_client_that_says_nothing_is_cut_off(self):
        import socket
        with socket.create_connection(("127.0.0.1", self.house.port), timeout=60) as plain:
            self.assertEqual(plain.recv(1), b"")

    def test_slow_clients_keep_nobody_else_waiting(self):
        slow = [self.house.dial("dispatch") for _ in range(40)]
        try:
            for tls in slow:
                tls.sendall(b"GET /health HTTP/1.1\r\nX: ")
            began = time.monotonic()
            for _ in range(20):
                self.assertEqual(self.house.ask("supervisor", "/health")[0], 200)
            # A slow one is cut off after four seconds: whoever waits for one each time takes 80.
            self.assertLess(time.monotonic() - began, 60)
        finally:
            for tls in slow:
                tls.close()


class Rate(ApiTest):
    @classmethod
    def before_start(cls, house):
        house.api(requests_per_second=5)

    def test_a_client_that_asks_too_often_waits_and_the_others_do_not(self):
        with self.house.connect(self.house.tls("operator")) as connection:
            said = []
            while (429, "1") not in said and len(said) < 1000:
                connection.request("GET", "/health")
                answer = connection.getresponse()
                answer.read()
                said.append((answer.status, answer.headers["Retry-After"]))
            self.assertEqual(said[:10], [(200, None)] * 10)
            self.assertIn((429, "1"), said)
            self.assertEqual(self.house.ask("auditor", "/health")[0], 200)
            time.sleep(1)  # as it was told
            connection.request("GET", "/health")
            self.assertEqual(connection.getresponse().status, 200)

    def test_streams_are_few_and_a_stop_ends_them(self):
        streams = []
        try:
            for client in ("order-system", "auditor"):
                streams += [self.house.open(client, "/v1/events/stream") for _ in range(8)]
            status, _, body = self.house.raw("supervisor", "GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(status, 503, body)
            self.assertEqual(self.house.ask("supervisor", "/v1/events")[0], 200)
            streams.pop().close()
            time.sleep(1)
            self.await_that(lambda: self.opens("supervisor"), "a place", 60)
            self.assertEqual(self.house.end("station"), 0, "a stop waits for no stream")
        finally:
            for stream in streams:
                stream.close()

    def opens(self, client):
        time.sleep(0.3)
        status, *_ = self.house.raw_status(client, "GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        return status == 200


class Kill(ApiTest):
    def test_a_batch_that_was_answered_survives_and_one_that_was_not_is_not_half_there(self):
        content = batch_of("kept", 50)
        self.assertEqual(self.house.ask("order-system", "/v1/batches", content)[0], 201)
        half = self.house.dial("order-system")
        self.addCleanup(half.close)
        cut = batch_of("cut", 500)
        half.sendall(f"POST /v1/batches HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: {len(cut)}\r\n\r\n"
                     .encode() + cut[:-10])
        spool = self.house.spool
        self.await_that(lambda: any(file.stat().st_size > 1000 for file in spool.iterdir()), "its octets")
        self.house.end("station", signal.SIGKILL)
        self.house.start_station()
        self.assertEqual(list(spool.iterdir()), [])
        self.assertEqual(self.house.ask("auditor", "/v1/batches/cut")[0], 404)
        self.assertEqual(self.house.ask("auditor", "/v1/batches/kept")[1]["states"], {"queued": 50})
        self.assertEqual(self.house.ask("order-system", "/v1/batches", content)[0], 200)
        self.assertEqual(self.house.ask("order-system", "/v1/batches", cut)[0], 201)

    def test_one_batch_sent_by_many_at_once_is_taken_once(self):
        content = batch_of("at-once", 20)
        said = []
        threads = [threading.Thread(target=lambda: said.append(
            self.house.ask("order-system", "/v1/batches", content)[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(said.count(201), 1)
        self.assertLessEqual(set(said), {200, 201, 503})
        self.assertEqual(self.house.ask("auditor", "/v1/batches/at-once")[1]["count"], 20)


class Spool(ApiTest):
    def test_without_room_for_it_a_batch_or_report_is_refused_and_the_station_goes_on(self):
        content = batch_of("spooled", 1)
        self.spool_is_gone("/v1/batches", "batch", content)
        self.assertIn("failed: beside the ledger: ", self.house.log())
        self.assertEqual(self.house.ask("order-system", "/v1/batches", content)[0], 201)
        self.spool_is_gone("/v1/batches/spooled/report", "report")
        self.assertEqual(self.house.ask("auditor", "/v1/batches/spooled/report")[0], 200)

    def spool_is_gone(self, path, what, body=None):
        away = self.house.folder / "spool-away"
        self.house.spool.rename(away)
        try:
            self.assertProblem(self.house.ask("order-system", path, body), 503,
                               f"no room for this {what} now", "[ledger-unwritable]")
        finally:
            away.rename(self.house.spool)

    def test_a_batch_over_https_needs_no_inbox(self):
        inbox, away = self.house.folder / "inbox", self.house.folder / "inbox-away"
        inbox.rename(away)
        try:
            self.assertEqual(self.house.ask("order-system", "/v1/batches", batch_of("alone", 1))[0], 201)
        finally:
            away.rename(inbox)

    def test_a_spool_that_a_station_of_before_left_in_the_inbox_is_taken_away_and_told(self):
        before = self.house.folder / "inbox/spool"
        before.mkdir()
        for name in ("0123456789ABCDEF.json", "0123456789ABCDEE.answer", "of-others.json"):
            (before / name).write_text("{}")
        self.house.end("station")
        self.house.start_station()
        self.assertEqual([file.name for file in before.iterdir()], ["of-others.json"])
        self.assertIn(f"spool moved from {before} to beside the ledger; 2 files taken away",
                      self.house.log())
        (before / "of-others.json").unlink()
        self.house.end("station")
        self.house.start_station()
        self.assertFalse(before.exists())


class FullDisk(ApiTest):
    """In a house of its own, whose every other file stays smaller than what may still be written."""

    def full_disk_refuses(self, client, path, body):
        """Asks a station that can write nothing more, and starts it again with room."""
        self.house.end("station")  # its last word in the ledger: nothing waits to be written
        self.house.start_station()
        reports = self.house.folder / "reports"
        self.await_that((reports / "station.status.json").exists, "the station to be at work")
        for file in reports.glob("*.status.json"):
            self.assertLess(file.stat().st_size, MOST_OF_A_FILE, file)
        before = self.house.ledger_rows(TRAIL)
        resource.prlimit(self.house.station.pid, resource.RLIMIT_FSIZE,
                         (MOST_OF_A_FILE, MOST_OF_A_FILE))
        self.assertProblem(self.house.ask(client, path, body), 503, "Ask again under the same id",
                           "[ledger-unwritable]")
        self.assertEqual(self.house.station.wait(timeout=60), 1)
        self.house.running = [entry for entry in self.house.running
                              if entry[1] is not self.house.station]
        self.house.start_station()
        self.assertEqual(self.house.ledger_rows(TRAIL), before, "nothing was decided")
        self.assertEqual(list(self.house.spool.iterdir()), [])


class FullDiskBatch(FullDisk):
    def test_a_batch_for_which_the_ledger_has_no_room_is_not_half_taken(self):
        content = batch_of("no-room", 1)
        self.full_disk_refuses("order-system", "/v1/batches", content)
        self.assertEqual(self.house.ask("auditor", "/v1/batches/no-room")[0], 404)
        self.assertEqual(self.house.ask("order-system", "/v1/batches", content)[0], 201)


class FullDiskDecision(FullDisk):
    def test_a_decision_for_which_the_ledger_has_no_room_is_not_taken(self):
        self.assertEqual(self.house.ask("order-system", "/v1/batches", batch_of("held", 1))[0], 201)
        hold = ("supervisor", "/v1/orders/held-01/hold", b'{"id": "no-room", "reason": "r"}')
        self.full_disk_refuses(*hold)
        self.assertEqual(self.house.ask("auditor", "/v1/orders/held-01")[1]["state"], "queued")
        self.assertEqual(self.house.ask(*hold)[1]["outcome"], "order held-01 is on hold")


if __name__ == "__main__":
    unittest.main()

"""The order system is told every change of state: at least once and in order, whatever it does and
whatever happens to the station. Judged by the simulated order system, which checks signatures and
order by itself, and by the ledger's own file."""

import base64
import http.server
import json
import signal
import ssl
import subprocess
import tempfile
import threading
import unittest

from station_house import TOKEN_READER, StationTest, batch_of
from free_port import free_port  # isort: skip: station_house tells where it is


class Told(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make(verbosity="everything")
        house.start_authority()
        house.start_orders()
        house.start_bench(cards=1, tokens=1)
        house.start_station()

    def setUp(self):
        self.addCleanup(self.house.orders_misbehave, "none")
        self.received_before = len(self.house.ask_orders("/received"))
        self.repeats_before = int(self.house.ask_orders("/repeats")[0])

    def blanks(self, count):
        self.house.hwsim("load", TOKEN_READER, count, "5.7", "--directory",
                         self.house.folder / "bench")

    def send(self, batch, count, blanks=None):
        self.blanks(blanks or count)
        self.house.send_orders(batch, count)

    def assertMade(self, batch):
        states = {order["state"] for order in self.house.await_batch(batch)["orders"]}
        self.assertEqual(states, {"produced"})

    def undelivered(self):
        return self.house.ledger_rows("SELECT count(*) FROM events WHERE delivered IS NULL")[0][0]

    def assertToldEverything(self):
        self.await_that(lambda: self.undelivered() == 0, "every event to be delivered", 120)
        kept = self.house.ledger_rows("SELECT sequence, kind, subject, after FROM events")
        events = [json.loads(line) for line in self.house.ask_orders("/events")]
        told = {(int(event["sequence"]), event["subject"], event["type"]) for event in events}
        self.assertEqual(told, {(sequence, f"{kind}/{subject}", f"zegel.{kind}.{after}")
                                for sequence, kind, subject, after in kept})
        for order in {event["data"].get("order") for event in events}:
            of_order = [event["sequence"] for event in events if event["data"].get("order") == order]
            if order:
                self.assertEqual(of_order, sorted(of_order), order)
        self.assertEqual(self.house.ask_orders("/complaints"), [])

    def received(self):
        """Of this test: (type, order)"""
        lines = self.house.ask_orders("/received")[self.received_before:]
        return [(words[2], words[4]) for words in map(str.split, lines)]

    def status(self):
        return self.house.zegel("status")[1]


class OrderSystem(Told):
    def test_a_whole_batch_is_told_as_it_is_made(self):
        self.blanks(1)
        self.house.ask_orders("/batches/whole", batch_of("whole", 1))  # sends it itself
        self.assertMade("whole")
        self.assertToldEverything()
        # Besides, what an earlier test spoiled may be revoked only now.
        received = [(kind, order) for kind, order in self.received()
                    if order == "whole-01" or kind == "zegel.batch.accepted"]
        of_order = [kind for kind, order in received if order == "whole-01"]
        self.assertEqual(received[0], ("zegel.batch.accepted", "-"))
        self.assertEqual(of_order[:2], ["zegel.order.in-production", "zegel.card.claimed"])
        self.assertEqual(of_order.count("zegel.certificate.confirmed"), 3)
        self.assertEqual(of_order[-1], "zegel.order.produced")
        self.assertNotIn("have not reached", self.status())

    def test_an_order_system_that_is_gone_for_the_whole_batch_gets_everything_when_it_is_back(self):
        self.house.end("orders")
        self.send("gone", 2)
        self.assertMade("gone")
        self.await_that(lambda: "events have not reached the order system" in self.status(),
                        "zegel status to tell it")
        self.assertIn("it is waited for since", self.status())
        self.house.restart_orders()
        self.assertToldEverything()
        self.await_that(lambda: "have not reached" not in self.status(), "the status to be well")

    def test_one_that_closes_every_connection_loses_nothing(self):
        self.house.orders_misbehave("down")
        self.send("down", 1)
        self.assertMade("down")
        self.assertEqual(self.received(), [])
        self.house.orders_misbehave("none")
        self.assertToldEverything()

    def test_one_that_says_later_now_and_then_loses_nothing(self):
        self.house.orders_misbehave("unavailable every 5")
        self.send("later", 1)
        self.assertMade("later")
        self.assertToldEverything()

    def test_one_that_breaks_now_and_then_loses_nothing(self):
        self.house.orders_misbehave("broken every 3")
        self.send("broken", 1)
        self.assertMade("broken")
        self.assertToldEverything()

    def test_one_that_is_slow_hears_everything_in_order(self):
        self.house.orders_misbehave("slow 200")
        self.send("slow", 1)
        self.assertMade("slow")
        self.assertToldEverything()

    def test_answers_that_get_lost_make_events_come_twice_and_are_dropped_by_id(self):
        self.house.orders_misbehave("lost-answer every 4")
        self.send("lost", 1)
        self.assertMade("lost")
        self.assertToldEverything()
        self.assertGreater(int(self.house.ask_orders("/repeats")[0]), self.repeats_before)

    def test_answers_that_are_no_http_are_no_answers(self):
        self.house.orders_misbehave("garbage 2 times")
        self.send("garbage", 1)
        self.assertMade("garbage")
        self.assertToldEverything()

    def test_an_order_that_is_not_taken_holds_back_nobody_elses_events(self):
        self.house.orders_misbehave("refuse refused-01")
        self.send("refused", 2)
        self.assertMade("refused")
        self.await_that(lambda: ("zegel.order.produced", "refused-02") in self.received(),
                        "the other order to be told")
        self.assertNotIn("refused-01", {order for _, order in self.received()})
        self.await_that(lambda: "answered 422" in self.status(), "the status to tell it")
        self.assertIn("order/refused-01", self.status())
        self.house.orders_misbehave("none")
        self.assertToldEverything()

    def test_a_station_killed_in_the_middle_tells_everything_after_all(self):
        self.house.orders_misbehave("slow 50")
        self.send("killed", 2, blanks=3)
        self.await_that(lambda: ("zegel.card.claimed", "killed-01") in self.received(),
                        "the first card to be begun")
        self.house.end("station", signal.SIGKILL)
        self.house.start_station()
        self.assertMade("killed")
        self.assertToldEverything()

    def test_an_order_system_killed_in_the_middle_hears_everything_after_all(self):
        self.send("killed-too", 2)
        self.await_that(lambda: ("zegel.card.claimed", "killed-too-01") in self.received(),
                        "the first card to be begun")
        self.house.end("orders", signal.SIGKILL)
        self.house.restart_orders()
        self.assertMade("killed-too")
        self.assertToldEverything()

    def test_a_station_stops_though_its_order_system_does_not_answer(self):
        self.house.orders_misbehave("slow 4000")
        self.send("stopped", 1)
        self.assertMade("stopped")
        self.assertEqual(self.house.end("station", seconds=30), 0, "each event takes four")
        self.house.orders_misbehave("none")
        self.house.start_station()
        self.assertToldEverything()


class TlsOrderSystem:
    """Another order system, of Python and OpenSSL's own tools, on a port that stays the same."""

    def __init__(self, house):
        self.house = house
        self.folder = house.folder / "tls"
        self.folder.mkdir()
        self.port = free_port()
        self.received = []  # (event, what openssl says of its signature)
        _, self.public_key = house.run("openssl", "x509", "-in", "orders/station.pem", "-noout",
                                       "-pubkey")
        (self.folder / "station.pub").write_text(self.public_key)
        for name in ("ca", "other-ca"):
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                          "-noenc", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
                          "-subj", f"/CN={name}")
        for name, issuer, subject in (("right", "ca", "IP:127.0.0.1"), ("name", "ca", "IP:127.0.0.2"),
                                      ("issuer", "other-ca", "IP:127.0.0.1")):
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                          "-noenc", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
                          "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-subj", f"/CN={name}",
                          "-addext", f"subjectAltName={subject}",
                          "-addext", "basicConstraints=critical,CA:false")

    def _openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def start(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{certificate}.pem", self.folder / f"{certificate}.key")
        order_system = self

        class Desk(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                verdict = order_system.verdict(self.headers["Zegel-Signature"], body)
                order_system.received.append((json.loads(body), verdict))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that does not believe us hangs up

        self.server = Server(("127.0.0.1", self.port), Desk)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def verdict(self, signature, body):
        """RFC 7515 appendix F, RFC 7797: ES256 over the header, a dot and the body as it came."""
        header, nothing, encoded = signature.split(".")
        told = json.loads(decoded(header))
        if nothing or told["alg"] != "ES256" or told["b64"] is not False or told["crit"] != ["b64"]:
            return f"a strange header: {told}"
        pair = decoded(encoded)
        halves = [b"\0" + half if half[0] & 0x80 else half
                  for half in (pair[:32].lstrip(b"\0"), pair[32:].lstrip(b"\0"))]
        numbers = b"".join(b"\x02" + bytes([len(half)]) + half for half in halves)
        with tempfile.NamedTemporaryFile(dir=self.folder) as der:  # an event may come again meanwhile
            der.write(b"\x30" + bytes([len(numbers)]) + numbers)
            der.flush()
            done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", "station.pub", "-signature",
                                   der.name], cwd=self.folder, capture_output=True,
                                  input=header.encode() + b"." + body)
        return done.stdout.decode().strip()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Tls(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.start_bench(cards=1, tokens=1)
        cls.order_system = TlsOrderSystem(house)
        cls.order_system.start("name")
        with open(house.folder / "station.toml", "a") as settings:
            settings.write(f"""
[orders]
events_url = "https://127.0.0.1:{cls.order_system.port}/events"
certificate = "orders/station.pem"
key_label = "events"
certificates = ["tls/ca.pem"]
longest_pause_seconds = 1
""")
        house.start_station()

    def assertNotBelieved(self):
        self.await_that(lambda: "certificate verify failed" in self.house.zegel("status")[1].lower(),
                        "the order system's certificate to be refused")
        self.assertEqual(self.order_system.received, [])

    def test_events_go_to_the_right_order_system_only_and_openssl_verifies_each(self):
        self.addCleanup(lambda: self.order_system.stop())
        self.house.send_orders("tls", 1)
        self.house.await_batch("tls")
        self.assertNotBelieved()
        self.order_system.stop()
        self.order_system.start("issuer")
        self.assertNotBelieved()
        self.order_system.stop()
        self.order_system.start("right")
        kept = self.house.ledger_rows("SELECT count(*) FROM events")[0][0]
        self.await_that(lambda: len(self.order_system.received) >= kept, "all events")
        self.assertEqual({verdict for _, verdict in self.order_system.received}, {"Verified OK"})
        of_order = [event["sequence"] for event, _ in self.order_system.received
                    if event["data"].get("order") == "tls-01"]
        self.assertEqual(of_order, sorted(of_order))


class Nobody(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.start_bench(cards=1, tokens=1)
        house.start_station()

    def test_without_an_order_system_events_are_kept_and_nobody_is_waited_for(self):
        self.house.send_orders("nobody", 1)
        self.house.await_batch("nobody")
        self.assertGreater(
            self.house.ledger_rows("SELECT count(*) FROM events WHERE delivered IS NULL")[0][0], 10)
        self.assertNotIn("order system", self.house.zegel("status")[1])


if __name__ == "__main__":
    unittest.main()

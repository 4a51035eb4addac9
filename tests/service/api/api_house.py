"""A station with its API, without readers: what the tests of the API ask of it."""

import contextlib
import http.client
import json
import pathlib
import socket
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "station"))
from station_house import (SOURCE, StationHouse, StationTest, batch_of,  # noqa: E402,F401
                           wait_for)


class ApiHouse(StationHouse):
    @property
    def port(self):
        return int(self.api_url.rsplit(":", 1)[1])

    @property
    def spool(self):
        return self.folder / "ledger/station.sqlite.spool"

    def api(self, **values):
        """More settings of the API: api(requests_per_second=5)."""
        file = self.folder / "station.toml"
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
        file.write_text(file.read_text().replace("[api]\n", "[api]\n" + lines))

    def access(self):
        """The access log's lines, without one that is still being written."""
        lines = (self.folder / "log/api.log").read_text(errors="replace").split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def start_sender(self):
        """An order system that sends its batches to the API; its address."""
        api = self.folder / "api"
        process = self._start("sender", "zegel-hwsim", "orders", "--quiet",
                              "--directory", self.folder / "sender",
                              "--station-certificate", api / "ca.pem", "--station", self.api_url,
                              "--client-certificate", api / "order-system.pem",
                              "--client-key", api / "order-system.key",
                              "--authorities", api / "ca.pem")
        return process.stdout.readline().strip().split(" ")[-1]

    def open(self, client, path, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return urllib.request.urlopen(urllib.request.Request(self.api_url + path, None, headers),
                                      timeout=60, context=self.tls(client))

    def octets(self, client, path, body):
        """(status, type, octets) of what this body is answered with."""
        request = urllib.request.Request(self.api_url + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.tls(client)) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers["Content-Type"], refused.read()

    @contextlib.contextmanager
    def connect(self, context):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context,
                                                 timeout=60)
        try:
            yield connection
        finally:
            connection.close()

    def greet(self, context, session=None, asked="GET /health", body=""):
        """A handshake, and a first answer: under TLS 1.3 a refusal is seen only then. Gives the TLS
        session, and whether it was resumed."""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as tls:
                tls.sendall(f"{asked} HTTP/1.1\r\nHost: x\r\n{kind}\r\n{body}".encode())
                if not tls.recv(1):
                    raise ConnectionError("closed without a word")
                return tls.session, tls.session_reused

    def dial(self, client):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return self.tls(client).wrap_socket(plain, server_hostname="127.0.0.1")

    def raw_status(self, client, octets):
        """The status alone, of an answer that has no end."""
        with self.dial(client) as tls:
            tls.sendall(octets.encode())
            answer = http.client.HTTPResponse(tls, method="GET")
            answer.begin()
            return (answer.status,)

    def raw(self, client, octets):
        """(status, headers, body) of what these octets are answered with."""
        with self.dial(client) as tls:
            tls.sendall(octets.encode("latin-1") if isinstance(octets, str) else octets)
            answer = http.client.HTTPResponse(tls, method="GET")
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            try:
                body = answer.read()
            except (http.client.IncompleteRead, TimeoutError):
                body = b""
            return answer.status, headers, body


class ApiTest(StationTest):
    @classmethod
    def setUpClass(cls):
        cls.house = ApiHouse()
        cls.addClassCleanup(cls.house.close)
        cls.prepare(cls.house)

    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.set(url=house.authority_url + "/cmp")
        cls.before_start(house)
        house.start_station()

    @classmethod
    def before_start(cls, house):
        """What a class wants otherwise."""
        house.api(requests_per_second=100000)

    def assertProblem(self, answer, status, *words):
        """Problem details (RFC 9457) that a person can act on."""
        said, body = answer
        self.assertEqual(said, status, body)
        self.assertEqual(set(body), {"type", "title", "status", "detail", "request"})
        self.assertEqual(body["status"], status)
        self.assertRegex(body["type"], r"^urn:zegel:problem:[a-z-]+$")
        self.assertRegex(body["request"], r"^[0-9A-F]{16}$")
        for word in words:
            self.assertIn(word, body["detail"])

"""Who may do what: every operation, asked with every role and by everybody who must not come in at
all, as openapi.json says. Its roles are held against the server's own table in tests/unit/api."""

import contextlib
import json
import ssl
import unittest

from api_house import SOURCE, ApiTest, batch_of
from client_authority import ClientAuthority

DOCUMENT = json.loads((SOURCE / "station/api/openapi.json").read_text())
ROLES = ("order-system", "operator", "dispatch", "print-room", "supervisor", "auditor",
         "administrator")
OPERATIONS = [(method.upper(), path, operation)
              for path, methods in DOCUMENT["paths"].items()
              for method, operation in methods.items()]
INSTEAD = {"{batch}": "seen", "{order}": "seen-01", "{serial}": "piv-1", "{reader}": "a%2Fb",
           "{transaction}": "00", "{approval}": "none", "{letter}": "0A"}


def address(path):
    for name, value in INSTEAD.items():
        path = path.replace(name, value)
    return path


class Rights(ApiTest):
    @classmethod
    def prepare(cls, house):
        super().prepare(house)
        house.send_batch(batch_of("seen", 2), "seen.json")
        house.await_that(lambda: house.report("seen"), "the batch", 60)
        house.clients.issue("nobody")
        long_ago, far_ahead = ("20200101000000Z", "20210101000000Z"), ("20900101000000Z",
                                                                       "20910101000000Z")
        house.clients.issue("expired", "/CN=operator", period=long_ago)
        house.clients.issue("early", "/CN=operator", period=far_ahead)
        house.clients.issue("revoked", "/CN=operator")
        house.clients.revoke("revoked")
        for folder, title in (("namesake", "Zegel Demo API clients"), ("stranger", "Another CA")):
            ClientAuthority(house.folder / folder, title).issue("supervisor")

    def status_of(self, client, method, path):
        """A body of {} is read by whoever may send one, and found wanting."""
        if path.endswith("/stream"):
            with self.house.open(client, path) as answer:
                return answer.status
        return self.house.ask(client, path, b"{}" if method == "POST" else None)[0]

    def test_every_operation_is_open_to_the_roles_it_names_and_to_no_other(self):
        for method, path, operation in OPERATIONS:
            for client in (*ROLES, "nobody"):
                named = operation["x-roles"]
                allowed = named == "any-certificate" or client in named
                with self.subTest(f"{method} {path} by {client}"):
                    try:
                        status = self.status_of(client, method, address(path))
                    except Exception as refused:  # urllib's, for the stream
                        status = getattr(refused, "code", None)
                    if not allowed:
                        self.assertEqual(status, 403)
                    else:
                        self.assertIn(status, (200, 404, 422))

    def test_every_role_named_is_one_and_none_is_forgotten(self):
        named = {role for *_, operation in OPERATIONS if operation["x-roles"] != "any-certificate"
                 for role in operation["x-roles"]}
        self.assertEqual(named, set(ROLES))

    def test_a_method_that_the_document_does_not_name_is_not_there(self):
        known = {(method, path) for method, path, _ in OPERATIONS}
        for path in DOCUMENT["paths"]:
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"):
                if (method, path) in known:
                    continue
                with self.subTest(f"{method} {path}"):
                    status, headers, _ = self.house.raw("supervisor", f"{method} {address(path)} HTTP/1.1\r\n"
                                                        "Host: x\r\nConnection: close\r\n\r\n")
                    self.assertEqual(status, 405)
                    self.assertIn("allow", headers)

    def test_what_the_server_says_of_itself_is_the_document(self):
        self.assertEqual(self.house.ask("nobody", "/v1/openapi.json"), (200, DOCUMENT))

    # --- who must not come in at all -------------------------------------------------------------

    def assertNotLetIn(self, context, *words):
        before = len(self.house.access())
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.house.greet(context)
        self.await_that(lambda: any(all(word in why for word in words)
                                    for why in self.refusals(before)), f"the log to say {words}")

    def refusals(self, before):
        """Why, line by line of the log after so many."""
        return [entry["why"] for entry in self.house.access()[before:]
                if "not let in" in entry.get("why", "") and "status" not in entry]

    def test_nobody_comes_in_without_a_certificate(self):
        self.assertNotLetIn(self.house.tls(None), "did not return a certificate")

    def test_an_expired_certificate_does_not_let_in(self):
        self.assertNotLetIn(self.house.tls("expired"), "expired")

    def test_a_certificate_that_begins_tomorrow_does_not_let_in(self):
        self.assertNotLetIn(self.house.tls("early"), "not yet valid")

    def test_a_server_s_certificate_does_not_let_in(self):
        self.assertNotLetIn(self.house.tls("server"), "purpose")

    def test_another_ca_does_not_let_in(self):
        self.assertNotLetIn(self.of_another_ca("namesake"), "issuer")
        self.assertNotLetIn(self.of_another_ca("stranger"), "issuer")

    def of_another_ca(self, name):
        context = self.house.tls(None)
        folder = self.house.folder / name
        context.load_cert_chain(folder / "supervisor.pem", folder / "supervisor.key")
        return context

    def test_every_operation_is_closed_to_whoever_must_not_come_in(self):
        strangers = {"no certificate": self.house.tls(None),
                     "a CA of the same name": self.of_another_ca("namesake"),
                     "another CA": self.of_another_ca("stranger")}
        for name in ("expired", "early", "revoked", "server"):
            strangers[name] = self.house.tls(name)
        before = len(self.house.access())
        for who, context in strangers.items():
            for method, path, _ in OPERATIONS:
                with self.subTest(f"{method} {path} by {who}"):
                    with self.assertRaises((ssl.SSLError, ConnectionError)):
                        self.house.greet(context, None, f"{method} {address(path)}",
                                         "{}" if method == "POST" else "")
        every = len(strangers) * len(OPERATIONS)
        self.await_that(lambda: len(self.refusals(before)) >= every, "the log of all")

    def test_every_operation_is_closed_to_a_client_that_was_revoked_after_it_came_in(self):
        for first in range(0, len(OPERATIONS), 10):  # few at a time: an idle connection is closed
            self.assertGoingIsOut(f"going-{first}", OPERATIONS[first:first + 10])

    def assertGoingIsOut(self, name, operations):
        self.house.clients.issue(name, "/CN=operator")
        context = self.house.tls(name)
        with contextlib.ExitStack() as open_ones:
            let_in = []
            for method, path, _ in operations:
                connection = open_ones.enter_context(self.house.connect(context))
                connection.connect()
                let_in.append((connection, method, path))
            connection = open_ones.enter_context(self.house.connect(context))
            connection.request("GET", "/v1/readers")
            self.assertEqual(connection.getresponse().status, 200)
            self.house.clients.revoke(name)
            for connection, method, path in let_in:
                with self.subTest(f"{method} {path}"):
                    connection.request(method, address(path), b"{}" if method == "POST" else None,
                                       {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    self.assertEqual(answer.status, 403)
                    self.assertIn(b"revoked", answer.read())

    def test_no_session_is_resumed_so_that_a_revoked_client_finds_no_way_back(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version.name):
                name = f"back-{version.name}"
                self.house.clients.issue(name, "/CN=operator")
                context = self.house.tls(name)
                context.minimum_version = context.maximum_version = version
                session, _ = self.house.greet(context)
                self.assertFalse(session is not None and session.has_ticket)
                self.assertFalse(self.house.greet(context, session)[1], "resumed")
                self.house.clients.revoke(name)
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    self.house.greet(context, session)
                self.assertNotLetIn(context, "revoked")

    def test_tls_1_1_is_not_spoken(self):
        context = self.house.tls("operator")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.house.greet(context)

    def test_a_revoked_client_is_out_at_once_and_stays_out(self):
        self.house.clients.issue("leaving", "/CN=operator")
        context = self.house.tls("leaving")
        with self.house.connect(context) as connection:
            connection.request("GET", "/v1/readers")
            self.assertEqual(connection.getresponse().read()[:1], b"{")
            session = connection.sock.session
            self.house.clients.revoke("leaving")
            connection.request("GET", "/v1/readers")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 403)
            self.assertIn(b"revoked", answer.read())
        self.assertNotLetIn(context, "revoked")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.house.greet(context, session)
        self.assertEqual(self.house.ask("operator", "/v1/readers")[0], 200, "others stay in")

    def test_a_revocation_list_that_cannot_be_read_opens_nothing(self):
        self.house.clients.issue("left", "/CN=operator")
        self.house.clients.revoke("left")
        self.assertNotLetIn(self.house.tls("left"), "revoked")
        crl = self.house.folder / "api/crl.pem"
        good = crl.read_bytes()
        crl.write_bytes(b"-----BEGIN X509 CRL-----\nnonsense\n")
        try:
            self.assertNotLetIn(self.house.tls("left"), "revoked")
            self.assertIn("stays in force", self.house.log())
            self.assertEqual(self.house.ask("operator", "/v1/readers")[0], 200)
        finally:
            crl.write_bytes(good)


if __name__ == "__main__":
    unittest.main()

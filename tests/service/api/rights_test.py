"""Who may do what: every operation, asked with every role, as openapi.json says; and by clients who
must not come in at all. The server's own table is not looked at."""

import json
import ssl
import time
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
           "{transaction}": "00"}


def address(path):
    for name, value in INSTEAD.items():
        path = path.replace(name, value)
    return path


class Rights(ApiTest):
    @classmethod
    def prepare(cls, house):
        super().prepare(house)
        house.send_batch(batch_of("seen", 2), "seen.json")
        house.await_that(lambda: house.report("seen"), "the batch", 20)
        house.clients.issue("nobody")

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
        self.assertEqual(named, set(ROLES) - {"print-room"})  # whose letters come later

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
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.house.greet(context)
        self.await_that(lambda: all(word in (self.house.access() or [{}])[-1].get("why", "")
                                    for word in ("not let in", *words)), f"the log to say {words}")

    def test_nobody_comes_in_without_a_certificate(self):
        self.assertNotLetIn(self.house.tls(None), "did not return a certificate")

    def test_an_expired_certificate_does_not_let_in(self):
        self.house.clients.issue("expired", "/CN=operator",
                                 period=("20200101000000Z", "20210101000000Z"))
        self.assertNotLetIn(self.house.tls("expired"), "expired")

    def test_a_certificate_that_begins_tomorrow_does_not_let_in(self):
        self.house.clients.issue("early", "/CN=operator",
                                 period=("20900101000000Z", "20910101000000Z"))
        self.assertNotLetIn(self.house.tls("early"), "not yet valid")

    def test_a_server_s_certificate_does_not_let_in(self):
        self.assertNotLetIn(self.house.tls("server"), "purpose")

    def test_another_ca_of_the_same_name_does_not_let_in(self):
        other = ClientAuthority(self.house.folder / "other")
        pem, key = other.issue("operator")
        context = self.house.tls(None)
        context.load_cert_chain(pem, key)
        self.assertNotLetIn(context, "")

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

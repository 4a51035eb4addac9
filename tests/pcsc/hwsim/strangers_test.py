"""Programs that know nothing of us administer and use a blank simulated chip.

What Debian 12's versions cannot do themselves is done another way: yubico-piv-tool 2.2.0 makes no
requests or self-signed certificates with OpenSSL 3 (openssl certifies the keys), and knows no AES
management keys (it gets the 5.4 model); libykcs11 2.2.0 refuses the private keys that pkcs11-tool
and p11tool would write (yubico-piv-tool imports them) and looks only into readers with "Yubico" in
their name; OpenSC 0.23's pkcs11-tool cannot write a P-384 public key (it comes out of the
certificate), and its piv-tool can neither authenticate in one step nor write the key it generated,
and ends with a status that says nothing.
"""

import unittest

from virtual_bench import VirtualBench, found

PIN = "123456"
PUK = "12345678"
MANAGEMENT_KEY = "010203040506070801020304050607080102030405060708"
OPENSC = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
YKCS11 = "/usr/lib/x86_64-linux-gnu/libykcs11.so.2"


class Judge(unittest.TestCase):
    """A fresh 5.4 chip for each test, in a reader that is there for all of them."""

    reader = "Yubico Simulated Reader"

    @classmethod
    def setUpClass(cls):
        cls.bench = VirtualBench(cls.reader)
        cls.addClassCleanup(cls.bench.close)
        cls.bench.make_authority()
        cls.bench.write("text", b"Group certificates for the gardeners' group.\n")
        cls.serial = 7000

    def setUp(self):
        type(self).serial += 1
        self.bench.insert_new("1", self._testMethodName, "5.4", self.serial)
        self.addCleanup(self.bench.hwsim, "pull", "1")

    def piv(self, *words):
        return self.bench.run("yubico-piv-tool", "-r", self.reader, *words)

    def piv_refused(self, *words):
        return self.bench.refused("yubico-piv-tool", "-r", self.reader, *words)

    def make_key(self, slot, algorithm, *policies):
        self.piv("-a", "generate", "-s", slot, "-A", algorithm, "-o", f"{slot}.pub", *policies)

    def make_certified_key(self, slot, algorithm):
        """A key, and the authority's certificate over it stored beside it."""
        self.make_key(slot, algorithm)
        self.bench.certify(f"{slot}.pub", f"{slot}.pem", f"Key {slot}")
        self.piv("-a", "import-certificate", "-s", slot, "-i", f"{slot}.pem")


class YubicoPivTool(Judge):
    def test_reads_a_blank_chip(self):
        status = self.piv("-a", "status")
        self.assertEqual(found(r"Version:\s+(\S+)", status), "5.4.3")
        self.assertEqual(found(r"Serial Number:\s+(\S+)", status), str(self.serial))
        self.assertIn("CHUID:\tNo data available", status)
        self.assertEqual(found(r"PIN tries left:\s+(\d+)", status), "3")

    def test_writes_chuid_and_ccc(self):
        self.piv("-a", "set-chuid", "-a", "set-ccc")
        status = self.piv("-a", "status")
        self.assertTrue(found(r"CHUID:\s+(\w+)", status).startswith("3019d4e739da73"))
        self.assertTrue(found(r"CCC:\s+(\w+)", status).startswith("f015a000000116ff02"))

    def test_generates_keys_and_signs_with_them(self):
        for slot, algorithm in (("9a", "ECCP256"), ("9c", "ECCP384"), ("9e", "RSA2048"),
                                ("82", "RSA1024"), ("95", "ECCP256")):
            with self.subTest(slot=slot, algorithm=algorithm):
                self.make_key(slot, algorithm)
                self.piv("-a", "verify-pin", "-P", PIN, "-s", slot, "-A", algorithm,
                         "-H", "SHA256", "--sign", "-i", "text", "-o", "signature")
                self.assertIn("Verified OK",
                              self.bench.verify(f"{slot}.pub", "signature", "text"))

    def test_a_signature_needs_the_pin(self):
        self.make_key("9a", "ECCP256")
        self.piv_refused("-a", "version", "-s", "9a", "-A", "ECCP256", "-H", "SHA256", "--sign",
                         "-i", "text", "-o", "none")
        self.make_key("9d", "ECCP256", "--pin-policy", "never")
        self.piv("-a", "version", "-s", "9d", "-A", "ECCP256", "-H", "SHA256", "--sign",
                 "-i", "text", "-o", "some")
        self.bench.verify("9d.pub", "some", "text")

    def test_stores_certificates_and_reads_them_back(self):
        self.make_certified_key("9c", "RSA2048")
        self.piv("-a", "read-certificate", "-s", "9c", "-o", "back.pem")
        self.assertEqual(self.bench.openssl("x509", "-in", "9c.pem", "-outform", "PEM"),
                         self.bench.openssl("x509", "-in", "back.pem", "-outform", "PEM"))
        self.piv("-a", "verify-pin", "-P", PIN, "-a", "test-signature", "-s", "9c",
                 "-i", "9c.pem")
        self.assertIn("CN=Key 9c", self.piv("-a", "status"))
        self.piv("-a", "delete-certificate", "-s", "9c")
        self.piv_refused("-a", "read-certificate", "-s", "9c", "-o", "gone.pem")

    def test_imports_keys_and_uses_them(self):
        self.bench.openssl("genrsa", "-traditional", "-out", "rsa.key", "2048")
        self.bench.openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout",
                           "-out", "ec.key")
        for slot, kind in (("9d", "rsa"), ("83", "ec")):
            with self.subTest(kind=kind):
                self.bench.openssl("pkey", "-in", f"{kind}.key", "-pubout", "-out", "pub")
                self.bench.certify("pub", f"{kind}.pem", f"Imported {kind}")
                self.piv("-a", "import-key", "-s", slot, "-i", f"{kind}.key")
                self.piv("-a", "import-certificate", "-s", slot, "-i", f"{kind}.pem")
                self.piv("-a", "verify-pin", "-P", PIN, "-a", "test-decipher", "-s", slot,
                         "-i", f"{kind}.pem")

    def test_attests_keys_made_on_the_chip_only(self):
        self.make_key("9a", "ECCP256")
        self.piv("-a", "attest", "-s", "9a", "-o", "attestation.pem")
        self.piv("-a", "read-certificate", "-s", "f9", "-o", "maker.pem")
        self.bench.write("root.pem", self.bench.hwsim("chip", "root").encode())
        self.assertIn("OK", self.bench.openssl("verify", "-CAfile", "root.pem", "-untrusted",
                                               "maker.pem", "attestation.pem"))
        public = self.bench.openssl("x509", "-in", "attestation.pem", "-noout", "-pubkey")
        self.assertEqual(public, self.bench.path("9a.pub").read_text())
        parsed = self.bench.openssl("asn1parse", "-in", "attestation.pem")
        self.assertRegex(parsed, r"41482\.3\.3\n.*\[HEX DUMP\]:050403")
        self.assertRegex(parsed, r"41482\.3\.7\n.*\[HEX DUMP\]:0202%04X" % self.serial)
        self.assertRegex(parsed, r"41482\.3\.8\n.*\[HEX DUMP\]:0201")
        self.bench.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec")
        self.piv("-a", "import-key", "-s", "9a", "-i", "ec")
        self.piv_refused("-a", "attest", "-s", "9a", "-o", "none.pem")

    def test_changes_pin_puk_and_management_key(self):
        other = "0A0B0C0D0E0F10111213141516171819202122232425262A"
        self.piv("-a", "change-pin", "-P", PIN, "-N", "654321")
        self.piv("-a", "change-puk", "-P", PUK, "-N", "87654321")
        self.piv("-a", "set-mgm-key", "-n", other)
        self.piv("-a", "verify-pin", "-P", "654321")
        self.assertIn("2 tries left", self.piv_refused("-a", "verify-pin", "-P", PIN))
        self.piv_refused("-a", "unblock-pin", "-P", PUK, "-N", "222222")
        self.piv("-a", "unblock-pin", "-P", "87654321", "-N", "222222")
        self.piv("-a", "verify-pin", "-P", "222222")
        self.piv_refused("-a", "set-chuid")
        self.piv(f"--key={other}", "-a", "set-chuid")

    def test_sets_retries_blocks_unblocks_and_resets(self):
        self.make_certified_key("9a", "ECCP256")
        self.piv_refused("-a", "reset")
        self.piv("-a", "verify-pin", "-P", PIN, "-a", "pin-retries", "--pin-retries", "5",
                 "--puk-retries", "2")
        for left in (4, 3, 2, 1):
            self.assertIn(f"{left} tries left", self.piv_refused("-a", "verify-pin", "-P", "000000"))
        self.assertIn("blocked", self.piv_refused("-a", "verify-pin", "-P", "000000"))
        self.assertIn("blocked", self.piv_refused("-a", "verify-pin", "-P", PIN))
        self.piv("-a", "unblock-pin", "-P", PUK, "-N", "222222")
        self.piv("-a", "verify-pin", "-P", "222222")
        for _ in range(5):
            self.piv_refused("-a", "verify-pin", "-P", "000000")
        self.piv_refused("-a", "reset")
        for _ in range(2):
            self.piv_refused("-a", "unblock-pin", "-P", "00000000", "-N", "333333")
        self.piv_refused("-a", "unblock-pin", "-P", PUK, "-N", "333333")
        self.piv("-a", "reset")
        self.assertEqual(found(r"PIN tries left:\s+(\d+)", self.piv("-a", "status")), "3")
        self.piv("-a", "verify-pin", "-P", PIN)
        self.piv_refused("-a", "read-certificate", "-s", "9a")

    def test_keeps_objects(self):
        content = bytes(range(256)) * 8
        self.bench.write("object", content)
        self.piv("-a", "write-object", "--id", "0x5fc10c", "-i", "object", "-f", "binary")
        self.piv("-a", "read-object", "--id", "0x5fc10c", "-o", "object.back", "-f", "binary")
        self.assertEqual(self.bench.path("object.back").read_bytes(), content)


class Pkcs11Tool(Judge):
    def officer(self, *words, **more):
        return self.bench.run("pkcs11-tool", "--module", YKCS11, "--login", "--login-type", "so",
                              "--so-pin", MANAGEMENT_KEY, *words, **more)

    def holder(self, module, *words, **more):
        return self.bench.run("pkcs11-tool", "--module", module, "--login", "--pin", PIN, *words,
                              **more)

    def test_generates_keys_and_signs_through_the_makers_module(self):
        for number, kind, mechanism in (("1", "EC:prime256v1", "ECDSA-SHA256"),
                                        ("2", "rsa:2048", "SHA256-RSA-PKCS"),
                                        ("3", "EC:secp384r1", "ECDSA-SHA256")):
            with self.subTest(kind=kind):
                self.officer("--keypairgen", "--id", number, "--key-type", kind)
                self.holder(YKCS11, "--id", number, "--sign", "-m", mechanism, "-i", "text",
                            "-o", "signature", "--signature-format", "openssl")
                self.holder(YKCS11, "--id", number, "--read-object", "--type", "cert",
                            "-o", "made.crt")
                self.bench.write("pub", self.bench.openssl(
                    "x509", "-inform", "DER", "-in", "made.crt", "-noout", "-pubkey").encode())
                self.bench.verify("pub", "signature", "text")

    def test_writes_a_certificate_through_the_makers_module(self):
        self.make_key("9d", "RSA2048")
        self.bench.certify("9d.pub", "9d.pem", "Written")
        self.bench.openssl("x509", "-in", "9d.pem", "-outform", "DER", "-out", "9d.crt")
        self.officer("--write-object", "9d.crt", "--type", "cert", "--id", "3")
        self.holder(YKCS11, "--id", "3", "--read-object", "--type", "cert", "-o", "back.crt")
        self.assertEqual(self.bench.path("back.crt").read_bytes(),
                         self.bench.path("9d.crt").read_bytes())

    def test_signs_with_every_key_through_opensc(self):
        for slot, number, algorithm, mechanism in (
                ("9a", "1", "ECCP256", "ECDSA-SHA256"), ("9c", "2", "RSA2048", "SHA256-RSA-PKCS"),
                ("9e", "4", "ECCP256", "ECDSA-SHA256")):
            with self.subTest(slot=slot):
                self.make_certified_key(slot, algorithm)
                self.holder(OPENSC, "--id", number, "--sign", "-m", mechanism, "-i", "text",
                            "-o", "signature", "--signature-format", "openssl")
                self.assertIn("Verified OK",
                              self.bench.verify(f"{slot}.pub", "signature", "text"))

    def test_signs_with_pss_through_opensc(self):
        self.make_certified_key("9a", "RSA2048")
        self.holder(OPENSC, "--id", "1", "--sign", "-m", "SHA256-RSA-PKCS-PSS", "-i", "text",
                    "-o", "signature")
        self.bench.openssl("dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-verify",
                           "9a.pub", "-signature", "signature", "text")

    def test_decrypts_what_openssl_encrypted(self):
        self.make_certified_key("9d", "RSA2048")
        self.bench.openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", "9d.pub", "-in", "text",
                           "-out", "secret")
        self.holder(OPENSC, "--id", "3", "--decrypt", "-m", "RSA-PKCS", "-i", "secret",
                    "-o", "plain")
        self.assertEqual(self.bench.path("plain").read_bytes(),
                         self.bench.path("text").read_bytes())

    def test_agrees_on_a_secret_with_openssl(self):
        self.make_certified_key("9d", "ECCP256")
        self.bench.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "peer")
        self.bench.openssl("pkey", "-in", "peer", "-pubout", "-outform", "DER", "-out", "peer.der")
        self.bench.openssl("pkeyutl", "-derive", "-inkey", "peer", "-peerkey", "9d.pub",
                           "-out", "ours")
        self.holder(OPENSC, "--id", "3", "--derive", "-m", "ECDH1-DERIVE", "-i", "peer.der",
                    "-o", "theirs")
        self.assertEqual(self.bench.path("theirs").read_bytes(),
                         self.bench.path("ours").read_bytes())

    def test_changes_and_unblocks_the_pin_through_opensc(self):
        tool = ("pkcs11-tool", "--module", OPENSC)
        self.bench.run(*tool, "--login", "--pin", PIN, "--change-pin", "--new-pin", "654321")
        self.bench.refused(*tool, "--login", "--pin", PIN, "--list-objects")
        self.bench.run(*tool, "--login", "--pin", "654321", "--list-objects")


class P11Tool(Judge):
    def token(self, module):
        listed = self.bench.run("p11tool", "--provider", module, "--list-token-urls")
        return listed.split()[0]

    def p11(self, module, *words, **more):
        return self.bench.run("p11tool", "--provider", module, "--batch", *words, **more)

    def test_generates_keys_and_writes_certificates(self):
        officer = ("--so-login", "--set-so-pin", MANAGEMENT_KEY)
        token = self.token(YKCS11)
        for number, kind in (("01", ("--generate-privkey=ecdsa", "--curve", "secp256r1")),
                             ("03", ("--generate-privkey=rsa", "--bits", "2048"))):
            with self.subTest(kind=kind[0]):
                self.p11(YKCS11, *officer, *kind, "--label", "any", "--id", number,
                         "--outfile", "pub", token)
                self.bench.certify("pub", "made.pem", f"Made by GnuTLS {number}")
                self.p11(YKCS11, *officer, "--write", "--load-certificate", "made.pem",
                         "--label", "any", "--id", number, token)
                stored = self.p11(YKCS11, "--export", f"{token};id=%{number};type=cert")
                self.assertEqual(self.bench.openssl("x509", "-in", "made.pem"),
                                 self.bench.openssl("x509", "-in",
                                                    self.bench.write("back", stored.encode())))

    def test_lists_and_signs_through_opensc(self):
        self.make_certified_key("9a", "RSA2048")
        self.make_certified_key("9c", "ECCP256")
        token = self.token(OPENSC)
        listed = self.p11(OPENSC, "--login", "--set-pin", PIN, "--list-all", token)
        for label in ("PIV AUTH key", "Certificate for PIV Authentication", "SIGN key",
                      "Certificate for Digital Signature"):
            self.assertIn(f"Label: {label}", listed)
        tested = self.p11(OPENSC, "--login", "--set-pin", PIN, "--test-sign",
                          f"{token};id=%01;type=private")
        self.assertIn("ok", tested)

    def test_makes_a_request_that_openssl_verifies(self):
        self.make_certified_key("9a", "RSA2048")
        self.bench.write("template", b'cn = "Made by GnuTLS"\n')
        self.bench.environment["GNUTLS_PIN"] = PIN
        self.addCleanup(self.bench.environment.pop, "GNUTLS_PIN")
        self.bench.run("certtool", "--provider", OPENSC, "--generate-request", "--template",
                       "template", "--load-privkey", f"{self.token(OPENSC)};id=%01;type=private",
                       "--load-pubkey", "9a.pub", "--outfile", "request")
        self.assertIn("verify OK", self.bench.openssl("req", "-in", "request", "-verify",
                                                      "-noout"))


class OpenScTools(Judge):
    def test_knows_the_card(self):
        self.assertIn("Personal Identity Verification Card",
                      self.bench.run("opensc-tool", "-r", "0", "-n"))
        self.assertIn("3b:8b:81:31:fe:15", self.bench.run("opensc-tool", "-r", "0", "-a"))

    def test_speaks_raw_commands(self):
        said = self.bench.run("opensc-tool", "-r", "0", "-s", "00:A4:04:00:05:A0:00:00:03:08",
                              "-s", "00:FD:00:00:00")
        self.assertIn("61 11 4F 06 00 00 10 00 01 00 79 07 4F 05 A0", said)
        self.assertRegex(said, r"SW1=0x90, SW2=0x00\):\n05 04 03")

    def test_lists_keys_certificates_and_the_pin(self):
        self.make_certified_key("9a", "ECCP256")
        self.make_certified_key("9c", "RSA2048")
        self.make_certified_key("9d", "RSA2048")
        listed = self.bench.run("pkcs15-tool", "-r", "0", "--dump")
        for label in ("Private EC Key [PIV AUTH key]", "Private RSA Key [SIGN key]",
                      "Private RSA Key [KEY MAN key]", "PIN [PIN]",
                      "X.509 Certificate [Certificate for Key Management]"):
            self.assertIn(label, listed)
        self.bench.run("pkcs15-tool", "-r", "0", "--read-certificate", "02", "-o", "read.pem")
        self.assertEqual(self.bench.openssl("x509", "-in", "read.pem"),
                         self.bench.openssl("x509", "-in", "9c.pem"))

    def test_verifies_changes_and_unblocks_the_pin(self):
        tool = ("pkcs15-tool", "-r", "0", "--auth-id", "01")
        self.bench.run(*tool, "--verify-pin", "--pin", PIN)
        self.bench.run(*tool, "--change-pin", "--pin", PIN, "--new-pin", "654321")
        for _ in range(3):
            self.bench.refused(*tool, "--verify-pin", "--pin", PIN)
        self.bench.refused(*tool, "--verify-pin", "--pin", "654321")
        self.bench.run(*tool, "--unblock-pin", "--puk", PUK, "--new-pin", "222222")
        self.bench.run(*tool, "--verify-pin", "--pin", "222222")

    def test_administers_with_piv_tool(self):
        self.bench.write("management", ":".join(
            MANAGEMENT_KEY[at:at + 2] for at in range(0, 48, 2)).encode())
        self.bench.environment["PIV_EXT_AUTH_KEY"] = str(self.bench.path("management"))
        self.addCleanup(self.bench.environment.pop, "PIV_EXT_AUTH_KEY")
        administer = ("piv-tool", "-r", "0", "-A", "M:9B:03", "-C", "9A", "-i")
        self.make_key("9a", "RSA2048")
        self.bench.certify("9a.pub", "9a.pem", "Written by piv-tool")
        self.bench.try_to(*administer, "9a.pem")
        self.bench.run("pkcs15-crypt", "-r", "0", "--sign", "--key", "01", "--pin", PIN,
                       "--pkcs1", "--sha-256", "-R", "-i", self.digest(), "-o", "signature")
        self.bench.verify("9a.pub", "signature", "text")
        self.bench.write("management", b"01:02:03:04:05:06:07:08:" * 2 + b"01:02:03:04:05:06:07:0A")
        self.bench.certify("9a.pub", "other.pem", "Written with another key")
        self.bench.try_to(*administer, "other.pem")
        self.piv("-a", "read-certificate", "-s", "9a", "-o", "back.pem")
        self.assertEqual(self.bench.openssl("x509", "-in", "back.pem"),
                         self.bench.openssl("x509", "-in", "9a.pem"))

    def digest(self):
        self.bench.openssl("dgst", "-sha256", "-binary", "-out", "digest", "text")
        return "digest"


if __name__ == "__main__":
    unittest.main()

"""Strangers judge the cards and tokens the station made, in the virtual readers where it made them.

The judges: OpenSC, yubico-piv-tool, GnuTLS and OpenSSL (with libp11's engine for the keys on chips).
What Debian 12's versions cannot do: OpenSC 0.23's pkcs11-tool cannot unblock a PIV card's PIN
(pkcs15-tool and yubico-piv-tool can), and yubico-piv-tool 2.2.0 knows no AES management keys
(OpenSC's piv-tool does; it says with words, not with its status, that it was refused).
"""

import json
import re
import tomllib
import unittest
import urllib.request

from judged_house import CARD_READER, EXAMPLE, OPENSC, SOURCE, TOKEN_READER, JudgedHouse, found

FACTORY_PIN = "123456"
FACTORY_PUK = "12345678"
FACTORY_KEY = "01:02:03:04:05:06:07:08:" * 3
ID_OF = {"authentication": "01", "authenticity": "02", "confidentiality": "03"}
OPENSSL_NAMES = {  # how `openssl x509 -ext` writes what profiles ask
    "digitalSignature": "Digital Signature", "keyAgreement": "Key Agreement",
    "keyEncipherment": "Key Encipherment", "dataEncipherment": "Data Encipherment",
    "1.3.6.1.5.5.7.3.2": "TLS Web Client Authentication",
    "1.3.6.1.4.1.311.10.3.4": "Microsoft Encrypted File System"}
TEXT = "Group certificates for the gardeners' group.\n"
BATCH = "demo-0001"


def setUpModule():
    global house
    house = JudgedHouse()
    try:
        house.send_batch(EXAMPLE.read_bytes())
        house.await_batch(BATCH, 120)
        (house.folder / "text").write_text(TEXT)
    except BaseException:
        house.leave()
        raise


def tearDownModule():
    left = house.leave()
    if left:
        raise AssertionError("left behind:\n" + "\n".join(left))


def factory_codes_taken(reader):
    """Which of the factory's PIN, PUK and management key the chip in the reader takes."""
    reader = house.pcsc_name(reader)
    (house.folder / "factory.key").write_text(FACTORY_KEY.rstrip(":"))
    piv = ("yubico-piv-tool", "-r", reader, "-a")
    taken = set()
    if house.run(*piv, "verify-pin", "-P", FACTORY_PIN, check=False)[0] == 0:
        taken.add("PIN")
    if house.run(*piv, "change-puk", "-P", FACTORY_PUK, "-N", FACTORY_PUK, check=False)[0] == 0:
        taken.add("PUK")
    for algorithm in ("03", "0A"):  # 3DES and AES-192: those of 24 octets
        said = house.run("env", f"PIV_EXT_AUTH_KEY={house.folder}/factory.key", "piv-tool", "-r",
                         reader, "-A", f"M:9B:{algorithm}", check=False)[1]
        if "failed" not in said:
            taken.add("management key")
    return taken


def certificate_on(reader, number):
    """A certificate of the card in a reader, as PEM, read without a PIN."""
    return house.tell("pkcs15-tool", "-r", house.pcsc_name(reader), "--read-certificate", number)


def public_key_of(certificate):
    (house.folder / "one.pem").write_text(certificate)
    return house.tell("openssl", "x509", "-in", "one.pem", "-noout", "-pubkey")


class Judged:
    """The card that lies in `reader` since it was made, with the codes of its letter."""

    batch = BATCH

    @classmethod
    def setUpClass(cls):
        cls.slot, cls.token = house.slot_of(cls.reader)
        cls.pcsc_name = house.pcsc_name(cls.reader)
        chip = house.chip_in(cls.reader)
        cls.order = next(order for order in house.orders(cls.batch).values()
                         if order.get("chipSerial") == chip)
        accepted, said = house.receipt(cls.order["certificateName"],
                                       cls.order["certificateNumber"], "the certificate manager")
        if not accepted:
            raise AssertionError(said)
        cls.letter = house.letters_printed(f"letters-{chip}")[cls.order["order"]]
        cls.profile = tomllib.loads((SOURCE / f"cardprofiles/{cls.profile_name}.toml").read_text())
        cls.shown = {}  # what openssl writes about the certificates
        for number in ID_OF.values():
            (house.folder / f"{number}.pem").write_text(certificate_on(cls.reader, number))
            cls.shown[number] = house.tell("openssl", "x509", "-in", f"{number}.pem", "-noout",
                                           "-text", "-pubkey", "-nameopt",
                                           "utf8,sep_comma_plus_space,sname")
            (house.folder / f"{number}.pub").write_text(found(
                r"(-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\n)", cls.shown[number]))

    def pkcs11(self, *words):
        return house.tell("pkcs11-tool", "--module", OPENSC, "--slot", self.slot, *words)

    def holder(self, *words):
        return self.pkcs11("--login", "--pin", self.letter.pin, *words)

    def url(self, number):
        return f"pkcs11:serial={self.token};id=%{number};type=private"

    def piv(self, *words):
        return house.tell("yubico-piv-tool", "-r", self.pcsc_name, *words)

    def extension(self, number, name):
        """The comma-separated words of an extension."""
        lines = found(rf"X509v3 {name}:.*\n((?: {{16}}.*\n)+)", self.shown[number])
        return {word.strip() for line in lines.splitlines() for word in line.split(",")}

    def test_is_known_by_name_and_number(self):
        self.assertIn("Personal Identity Verification Card",
                      house.tell("opensc-tool", "-r", self.pcsc_name, "--name"))
        guid = house.tell("opensc-tool", "-r", self.pcsc_name, "--serial")
        self.assertRegex(guid, r"(?:[0-9A-F]{2} ){16}")
        self.assertTrue(guid.replace(" ", "").lower()[:32].endswith(self.token), guid)
        status = self.piv("-a", "status")
        serial = int(found(r"Serial Number:\s+(\d+)", status))
        self.assertEqual(f"piv-{serial:08X}", self.order["chipSerial"])
        self.assertEqual(re.findall(r"^Slot (\w+):", status, re.MULTILINE), ["9a", "9c", "9d"])
        self.assertEqual(found(r"PIN tries left:\s+(\d+)", status), "3")
        self.assertTrue(found(r"CHUID:\s+(\w+)", status).startswith("3019"))
        self.assertTrue(found(r"CCC:\s+(\w+)", status).startswith("f015"))

    def test_shows_three_keys_and_three_certificates(self):
        for kind in ("privkey", "pubkey", "cert"):
            listed = self.holder("--list-objects", "--type", kind)
            self.assertEqual(re.findall(r"ID:\s+(\w+)", listed), ["01", "02", "03"], listed)
        listed = house.tell("p11tool", "--provider", OPENSC, "--login", "--set-pin",
                            self.letter.pin, "--list-all", f"pkcs11:serial={self.token}")
        for kind in ("private", "public", "cert"):
            self.assertEqual(sorted(re.findall(rf"URL: .*;id=%(\d\d);.*type={kind}$", listed,
                                               re.MULTILINE)), ["01", "02", "03"], listed)
        dump = house.tell("pkcs15-tool", "-r", self.pcsc_name, "--dump")
        self.assertIn(f"PKCS#15 Card [{self.order['certificateName']}]", dump)
        for label in ("PIV AUTH key", "SIGN key", "KEY MAN key"):
            self.assertRegex(dump, rf"Private (?:EC|RSA) Key \[{label}\]")

    def test_keeps_its_keys_behind_the_pin(self):
        listed = self.pkcs11("--list-objects", "--type", "privkey")
        self.assertNotIn("ID:", listed)
        house.refused("pkcs11-tool", "--module", OPENSC, "--slot", self.slot, "--id", "01",
                      "--sign", "-m", self.sign, "-i", "text", "-o", "none")

    def test_certificates_are_read_alike_by_all(self):
        for number, slot in (("01", "9a"), ("02", "9c"), ("03", "9d")):
            self.pkcs11("--read-object", "--type", "cert", "--id", number, "-o", "read.der")
            self.piv("-a", "read-certificate", "-s", slot, "-o", "read.pem")
            exported = house.tell("p11tool", "--provider", OPENSC, "--export",
                                  f"pkcs11:serial={self.token};id=%{number};type=cert")
            (house.folder / "exported.pem").write_text(exported)
            prints = {house.tell("openssl", "x509", "-in", name, "-inform", form, "-noout",
                                 "-fingerprint", "-sha256")
                      for name, form in (("read.der", "DER"), ("read.pem", "PEM"),
                                         ("exported.pem", "PEM"), (f"{number}.pem", "PEM"))}
            self.assertEqual(len(prints), 1, prints)

    def test_certificates_verify_against_the_authority_and_its_revocation_list(self):
        for number in ID_OF.values():
            list_url = found(r"CRL Distribution Points:\s+Full Name:\s+URI:(http\S+)",
                             self.shown[number])
            with urllib.request.urlopen(list_url, timeout=60) as answer:
                (house.folder / "list.der").write_bytes(answer.read())
            house.tell("openssl", "crl", "-in", "list.der", "-inform", "DER", "-out", "list.pem")
            self.assertIn("OK", house.tell(
                "openssl", "verify", "-x509_strict", "-CAfile", "authority/chain.pem",
                "-crl_check", "-CRLfile", "list.pem", f"{number}.pem"))
            house.refused("openssl", "verify", "-CAfile", "seal/station.pem", f"{number}.pem")
        house.tell("openssl", "verify", "-CAfile", "authority/chain.pem", "-purpose", "sslclient",
                   "01.pem")

    def test_certificates_are_what_the_profile_asks(self):
        for key in self.profile["key"]:
            asked, number = key["certificate"], ID_OF[key["purpose"]]
            with self.subTest(purpose=key["purpose"]):
                self.assertEqual(self.extension(number, "Key Usage"),
                                 {OPENSSL_NAMES[use] for use in asked["key_usage"]})
                self.assertEqual(self.extension(number, "Extended Key Usage"),
                                 {OPENSSL_NAMES.get(use, use)
                                  for use in asked["extended_key_usage"]})
                self.assertEqual(self.extension(number, "Certificate Policies"),
                                 {f"Policy: {policy}" for policy in asked["policies"]})
                self.assertIn(self.key_words, self.shown[number])
                days = asked["longest_validity_days"] + 1
                self.assertIn("will expire", house.refused(
                    "openssl", "x509", "-in", f"{number}.pem", "-noout", "-checkend",
                    days * 86400))

    def test_certificates_name_the_group_of_the_order(self):
        batch = json.loads((house.folder / f"inbox/batches/taken/{self.batch_file}").read_text())
        asked = next(order["subject"] for order in batch["orders"]
                     if order["order"] == self.order["order"])
        expected = {f"C={asked['country']}", f"O={asked['organisation']}",
                    f"organizationIdentifier=NTRNL-{asked['kvkNumber']}", f"CN={asked['group']}"}
        if "oin" in asked:
            expected.add(f"serialNumber={asked['oin']}")
        for number in ID_OF.values():
            subject = found(r"Subject: (.*)", self.shown[number])
            self.assertEqual(set(re.split(r" ?[,+] ?", subject)), expected)

    def test_signs_with_both_signature_keys(self):
        for number in ("01", "02"):
            self.holder("--id", number, "--sign", "-m", self.sign, "-i", "text", "-o", "signature",
                        "--signature-format", "openssl")
            verify = ("openssl", "dgst", "-sha256", "-verify", f"{number}.pub", "-signature",
                      "signature")
            self.assertIn("Verified OK", house.tell(*verify, "text"))
            house.refused(*verify, f"{number}.pem")
        tested = house.tell("p11tool", "--provider", OPENSC, "--login", "--set-pin",
                            self.letter.pin, "--test-sign", self.url("01"))
        self.assertIn("Verifying against public key in the token... ok", tested)

    def test_decrypts_a_file_that_openssl_encrypted(self):
        house.tell("openssl", "cms", "-encrypt", "-binary", "-aes256", "-in", "text", "-outform",
                   "DER", "-out", "text.cms", "03.pem")
        self.assertNotIn(TEXT.encode(), (house.folder / "text.cms").read_bytes())
        decrypt = ("openssl", "cms", "-decrypt", "-in", "text.cms", "-inform", "DER", "-recip",
                   "03.pem", "-engine", "pkcs11", "-keyform", "engine", "-out", "back", "-inkey")
        house.tell(*decrypt, f"{self.url('03')};pin-value={self.letter.pin}")
        self.assertEqual((house.folder / "back").read_text(), TEXT)
        # With another key of RSA openssl goes on with a content key by chance, and once in 256 its end
        # looks like one.
        (house.folder / "back").unlink()
        house.run(*decrypt, f"{self.url('01')};pin-value={self.letter.pin}", check=False)
        back = house.folder / "back"
        self.assertNotIn(TEXT.encode(), back.read_bytes() if back.exists() else b"")

    def test_no_longer_takes_the_codes_of_the_factory(self):
        self.assertIn("CKR_PIN_INCORRECT", house.refused(
            "pkcs11-tool", "--module", OPENSC, "--slot", self.slot, "--login", "--pin",
            FACTORY_PIN, "--list-objects"))
        self.piv("-a", "verify-pin", "-P", self.letter.pin)  # gives the tries back
        self.assertEqual(factory_codes_taken(self.reader), set())
        self.piv("-a", "verify-pin", "-P", self.letter.pin)
        self.piv("-a", "change-puk", "-P", self.letter.puk, "-N", self.letter.puk)
        self.assertIn("PIN tries left:\t3", self.piv("-a", "status"))
        for reference, what in (("80", "PIN"), ("81", "PUK"), ("9B", "management key")):
            said = house.tell("opensc-tool", "-r", self.pcsc_name, "-s",
                              "00:A4:04:00:05:A0:00:00:03:08", "-s", f"00:F7:00:{reference}")
            metadata = said.split(f"00 F7 00 {reference}")[1]
            self.assertIn("SW1=0x90", metadata)
            self.assertRegex(metadata, r"\b05 01 00\b", f"the {what} is called a default one")

    def test_the_puk_of_the_letter_unblocks_a_blocked_pin(self):
        wrong, fresh = [f"{(int(self.letter.pin) + more) % 1000000:06}" for more in (7, 13)]
        verify = ("yubico-piv-tool", "-r", self.pcsc_name, "-a", "verify-pin", "-P")
        for unblock in (("pkcs15-tool", "-r", self.pcsc_name, "--unblock-pin", "--auth-id", "01",
                         "--puk", self.letter.puk, "--new-pin", fresh),
                        ("yubico-piv-tool", "-r", self.pcsc_name, "-a", "unblock-pin", "-P",
                         self.letter.puk, "-N", fresh)):
            with self.subTest(tool=unblock[0]):
                for _ in range(3):
                    house.refused(*verify, wrong)
                self.assertIn("blocked", house.refused(*verify, self.letter.pin))
                self.assertIn("user PIN locked", self.pkcs11("--list-slots"))
                house.tell(*unblock)
                self.pkcs11("--login", "--pin", fresh, "--change-pin", "--new-pin",
                            self.letter.pin)
                self.assertRegex(self.holder("--list-objects", "--type", "privkey"), r"ID:\s+01")


class P256Judged(Judged):
    sign = "ECDSA-SHA256"
    key_words = "ASN1 OID: prime256v1"
    batch_file = "batch.json"

    def test_agrees_on_the_secret_that_openssl_derives(self):
        house.tell("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                   "ec_paramgen_curve:P-256", "-out", "peer")
        house.tell("openssl", "pkey", "-in", "peer", "-pubout", "-outform", "DER", "-out",
                   "peer.der")
        house.tell("openssl", "pkeyutl", "-derive", "-inkey", "peer", "-peerkey", "03.pub", "-out",
                   "ours")
        self.holder("--id", "03", "--derive", "-m", "ECDH1-DERIVE", "-i", "peer.der", "-o",
                    "theirs")
        self.assertEqual((house.folder / "theirs").read_bytes(),
                         (house.folder / "ours").read_bytes())


class P256SmartCard(P256Judged, unittest.TestCase):
    reader = CARD_READER
    profile_name = "group-card-p256"


class P256UsbToken(P256Judged, unittest.TestCase):
    reader = TOKEN_READER
    profile_name = "group-token-p256"


class Rsa2048SmartCard(Judged, unittest.TestCase):
    reader = CARD_READER
    profile_name = "group-card-rsa2048"
    sign = "SHA256-RSA-PKCS"
    key_words = "Public-Key: (2048 bit)"
    batch = "rsa-0001"
    batch_file = "rsa.json"

    @classmethod
    def setUpClass(cls):
        order = json.loads(EXAMPLE.read_text())["orders"][1]
        order.update(order="rsa-0001-01", profile=cls.profile_name)
        house.hwsim("load", cls.reader, "1", "5.7")
        house.send_batch(json.dumps({"batch": cls.batch, "count": 1, "orders": [order]}).encode(),
                         cls.batch_file)
        house.await_batch(cls.batch, 120)
        super().setUpClass()

    def test_decrypts_what_openssl_encrypted_without_an_envelope(self):
        house.tell("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", "03.pub", "-in", "text",
                   "-out", "secret")
        self.holder("--id", "03", "--decrypt", "-m", "RSA-PKCS", "-i", "secret", "-o", "plain")
        self.assertEqual((house.folder / "plain").read_text(), TEXT)

    def test_signs_with_pss(self):
        self.holder("--id", "01", "--sign", "-m", "SHA256-RSA-PKCS-PSS", "-i", "text", "-o", "pss")
        house.tell("openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-verify",
                   "01.pub", "-signature", "pss", "text")


class TwoCardsOfOneGroup(unittest.TestCase):
    """Comes after the cards were judged where they were made: puts others in their place."""

    @classmethod
    def setUpClass(cls):
        cls.keys = {}
        cls.certificates = {}
        orders = house.orders(BATCH)
        for order in ("demo-0001-01", "demo-0001-02", "demo-0001-03"):
            house.put_in(CARD_READER, orders[order]["chipSerial"])
            for number in ID_OF.values():
                certificate = certificate_on(CARD_READER, number)
                cls.certificates[order[-2:], number] = certificate
                cls.keys[order[-2:], number] = public_key_of(certificate)

    def test_carry_the_same_confidentiality_key(self):
        self.assertEqual(self.keys["01", "03"], self.keys["02", "03"])
        self.assertNotEqual(self.keys["01", "03"], self.keys["03", "03"])

    def test_share_nothing_else(self):
        others = [key for (_, number), key in self.keys.items() if number != "03"]
        self.assertEqual(len(set(others)), 6)
        self.assertEqual(len(set(self.certificates.values())), 9)

    def escrowed(self):
        """Public keys by escrow file, once the recovery officer has opened it."""
        room = house.folder / "print-room"
        opened = {}
        house.tell("openssl", "pkcs12", "-in", room / "recovery.p12", "-noenc", "-nocerts",
                   "-passin", f"file:{room}/recovery.password", "-out", "recovery.key")
        for file in (house.folder / "escrow").iterdir():
            house.tell("openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-in", file,
                       "-recip", room / "recovery.pem", "-inkey", "recovery.key", "-out",
                       "escrowed")
            house.tell("openssl", "pkey", "-inform", "DER", "-in", "escrowed", "-check", "-noout")
            opened[file] = house.tell("openssl", "pkey", "-inform", "DER", "-in", "escrowed",
                                      "-pubout")
        return opened

    def test_the_recovery_officer_opens_the_escrow_copy_of_their_key(self):
        opened = self.escrowed()
        for order in ("01", "03"):
            copies = [file for file, key in opened.items() if key == self.keys[order, "03"]]
            self.assertEqual(len(copies), 1, opened)

    def test_nobody_else_opens_the_escrow_copy(self):
        room = house.folder / "print-room"
        house.tell("openssl", "pkcs12", "-in", room / "print-room.p12", "-noenc", "-nocerts",
                   "-passin", f"file:{room}/print-room.password", "-out", "other.key")
        for file in (house.folder / "escrow").iterdir():
            house.refused("openssl", "cms", "-decrypt", "-inform", "DER", "-in", file, "-inkey",
                          "other.key", "-out", "none")

    def test_the_escrow_copy_has_its_name_from_the_key(self):
        for file, key in self.escrowed().items():
            (house.folder / "key.pub").write_text(key)
            house.tell("openssl", "pkey", "-pubin", "-in", "key.pub", "-outform", "DER", "-out",
                       "key.der")
            digest = house.tell("openssl", "dgst", "-sha256", "-r", "key.der").split()[0]
            self.assertEqual(file.name, f"confidentiality-{digest[:20].upper()}.cms")


class UnmadeCard(unittest.TestCase):
    """So that the refusals above say something."""

    def test_takes_the_codes_of_the_factory(self):
        house.hwsim("pull", CARD_READER)
        house.hwsim("chip", "new", "bench/chips/77.chip", "--model", "5.7", "--serial", "77")
        house.hwsim("insert", CARD_READER, "77")
        self.assertEqual(factory_codes_taken(CARD_READER), {"PIN", "PUK", "management key"})


if __name__ == "__main__":
    unittest.main()

"""A CA for the clients of a house's API, and for the API's own certificate: openssl, in a folder."""

import pathlib
import subprocess

CONFIGURATION = """\
[ca]
default_ca = here
[here]
database = {folder}/index.txt
serial = {folder}/serial
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}/issued
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_crl_days = 30
policy = names
unique_subject = no
[names]
organizationName = optional
commonName = supplied
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class ClientAuthority:
    def __init__(self, folder, title="Zegel Demo API clients"):
        self.folder = pathlib.Path(folder)
        (self.folder / "issued").mkdir(parents=True, mode=0o700)
        self.folder.chmod(0o700)
        (self.folder / "index.txt").write_text("")
        (self.folder / "serial").write_text("1000\n")
        (self.folder / "crlnumber").write_text("01\n")
        (self.folder / "ca.cnf").write_text(CONFIGURATION.format(folder=self.folder))
        self._key("ca")
        self._openssl("req", "-x509", "-new", "-key", self.folder / "ca.key", "-out",
                      self.folder / "ca.pem", "-days", "365", "-subj", f"/O=Zegel Demo/CN={title}",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                      "-addext", "subjectKeyIdentifier=hash")
        self.publish()

    def issue(self, name, subject=None, kind="client", period=()):
        """`<folder>/<name>.pem` and `.key`; `period`: openssl's -startdate and -enddate."""
        self._key(name)
        request = self.folder / f"{name}.csr"
        self._openssl("req", "-new", "-key", self.folder / f"{name}.key", "-out", request, "-utf8",
                      "-subj", subject or f"/O=Zegel Demo/CN={name}")
        dates = ("-startdate", period[0], "-enddate", period[1]) if period else ("-days", "90")
        self._ca("-in", request, "-out", self.folder / f"{name}.pem", "-extensions", kind,
                 "-notext", "-utf8", *dates)
        request.unlink()
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def revoke(self, name):
        self._ca("-revoke", self.folder / f"{name}.pem")
        self.publish()

    def publish(self):
        """The revocation list, put in place whole."""
        fresh = self.folder / "crl.pem.new"
        self._ca("-gencrl", "-out", fresh)
        fresh.rename(self.folder / "crl.pem")

    def _key(self, name):
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                      self.folder / f"{name}.key")
        (self.folder / f"{name}.key").chmod(0o600)

    def _ca(self, *words):
        self._openssl("ca", "-batch", "-config", self.folder / "ca.cnf", *words)

    def _openssl(self, *words):
        done = subprocess.run(["openssl", *map(str, words)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {words[0]} failed:\n{done.stdout.decode(errors='replace')}")

"""A bench of virtual readers for a test: starts zegel-hwsim, speaks to it, clears it away."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

HWSIM = os.environ["ZEGEL_HWSIM"]


class VirtualBench:
    """One `zegel-hwsim bench` in a directory of its own. Use it in a with statement."""

    def __init__(self, *reader_names, options=(), folder="zegel-bench-"):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=folder))
        command = [HWSIM, "bench", "--directory", str(self.directory), *options]
        for name in reader_names:
            command += ["--name", name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # The bench says where its pcscd is once all readers are there.
        self.environment = dict(os.environ, LC_ALL="C", OPENSC_DEBUG="0")
        for _ in range(2):
            line = self.process.stdout.readline()
            if "=" not in line:
                self.close()
                raise AssertionError("the bench did not start")
            name, value = line.rstrip("\n").split("=", 1)
            self.environment[name] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.process.stdout.close()
        shutil.rmtree(self.directory)

    def run(self, *command):
        """What the program wrote, both streams, once it succeeded."""
        status, text = self.try_to(*command)
        if status != 0:
            raise AssertionError(f"{command} ended with {status}:\n{text}")
        return text

    def refused(self, *command):
        """What the program wrote when it failed, as it has to."""
        status, text = self.try_to(*command)
        if status == 0:
            raise AssertionError(f"{command} was not refused:\n{text}")
        return text

    def try_to(self, *command):
        done = subprocess.run(
            [str(word) for word in command], env=self.environment, cwd=self.directory,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=120)
        return done.returncode, done.stdout.decode(errors="replace")

    def hwsim(self, *words):
        return self.run(HWSIM, *words)

    def insert_new(self, reader, name, model, serial):
        self.hwsim("chip", "new", f"chips/{name}.chip", "--model", model, "--serial", serial)
        self.hwsim("insert", reader, name)

    def path(self, name):
        return self.directory / name

    def write(self, name, content):
        self.path(name).write_bytes(content)
        return name

    def openssl(self, *words):
        return self.run("openssl", *words)

    def make_authority(self):
        """ca.pem and ca.key, to certify keys that only a chip can use."""
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Judge",
                     "-days", "30")

    def certify(self, public_key, certificate, subject):
        """A certificate of the authority over a public key in PEM, without a request by it."""
        self.openssl("req", "-new", "-key", "ca.key", "-subj", f"/CN={subject}", "-out", "csr")
        self.openssl("x509", "-req", "-in", "csr", "-force_pubkey", public_key, "-CA", "ca.pem",
                     "-CAkey", "ca.key", "-set_serial", "0x1234", "-days", "20",
                     "-out", certificate)

    def verify(self, public_key, signature, content, form="PEM"):
        """OpenSSL's word on an SHA-256 signature."""
        return self.openssl("dgst", "-sha256", "-keyform", form, "-verify", public_key,
                            "-signature", signature, content)


def found(pattern, text):
    """The first group of the pattern; a failed assertion when the text does not hold it."""
    match = re.search(pattern, text)
    if not match:
        raise AssertionError(f"no {pattern!r} in:\n{text}")
    return match.group(1)

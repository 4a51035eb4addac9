"""A print queue between print room and printer: a cupsd of its own, with the settings that letters need."""

import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "config/demo"))
from free_port import free_port  # noqa: E402
from started import start, stop  # noqa: E402

SERVER = """\
Listen localhost:{port}
LogLevel warn
AccessLogLevel all
PageLogFormat
Browsing No
WebInterface No
DefaultAuthType None
PreserveJobFiles No
PreserveJobHistory {history}
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy default>
  JobPrivateAccess @OWNER @SYSTEM
  JobPrivateValues all
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """\
ServerRoot {folder}/etc
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
StateDir {folder}/run
CacheDir {folder}/cache
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
User {user}
SystemGroup root
Sandboxing relaxed
"""
# In memory, where there is such a folder; and one that the user may enter whom cupsd becomes.
PLACES = ("/dev/shm", "/tmp")


class CupsQueue:
    """`history`: how long a job that is over is remembered, without its document."""

    def __init__(self, printer, history):
        place = next(place for place in PLACES if os.access(place, os.W_OK))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zc-", dir=place))
        self.folder.chmod(0o755)
        for name in ("etc", "spool", "spool/tmp", "run", "run/certs", "cache", "log"):
            (self.folder / name).mkdir()
        self.port = free_port()
        self.process = None
        user = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "lp"
        (self.folder / "etc/cupsd.conf").write_text(SERVER.format(port=self.port, history=history))
        (self.folder / "etc/cups-files.conf").write_text(FILES.format(folder=self.folder, user=user))
        self.printer = printer

    @property
    def uri(self):
        return f"ipp://localhost:{self.port}/printers/letters"

    def start(self):
        etc = self.folder / "etc"
        # By another path than that which Debian's AppArmor ties to the system's own folders.
        program = shutil.copy("/usr/sbin/cupsd", self.printer.folder / "cupsd")
        self.process = start((program, "-f", "-c", etc / "cupsd.conf", "-s",
                              etc / "cups-files.conf"), dict(os.environ, LC_ALL="C"),
                             subprocess.DEVNULL, self.folder / "log/said")
        words = ("lpadmin", "-h", f"localhost:{self.port}", "-p", "letters", "-E", "-v",
                 self.printer.uri, "-m", "raw")
        latest = time.monotonic() + 20
        while subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=20).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > latest:
                raise RuntimeError("cupsd did not start: " + self.told())
            time.sleep(0.05)

    def told(self):
        return "\n".join(file.read_text(errors="replace") for file in (self.folder / "log").iterdir())

    def left(self):
        """Every file of its spool."""
        return [file for file in (self.folder / "spool").rglob("*") if file.is_file()]

    def close(self):
        if self.process:
            stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

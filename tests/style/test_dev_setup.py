"""What `./dev` installs and makes on a machine, and what it leaves alone."""
import resource
import shutil
import unittest

from dev_tree import TreeTest


class Installing(TreeTest):
    """By somebody who is not root, with a machine of its own in place of /usr and /run."""

    def setUp(self):
        super().setUp()
        self.policy = self.folder / "policy-rc.d"
        self.pcscd = self.folder / "run-pcscd"
        part = self.tree / "cmake/dev/packages.sh"
        part.write_text(part.read_text().replace("=/usr/sbin/policy-rc.d", f"={self.policy}")
                        .replace("=/run/pcscd", f"={self.pcscd}")
                        .replace("=/proc/swaps", f"={self.folder}/swaps"))
        self.write(self.folder / "swaps", "Filename Type Size Used Priority\n")
        self.write(self.folder / "tools/id", "#!/bin/sh\necho 1000\n")
        self.write(self.folder / "tools/sudo", f'#!/bin/sh\necho "sudo $*" >>"{self.calls}"\n"$@"\n')
        self.write(self.folder / "tools/dpkg", "#!/bin/sh\n")
        self.write(self.folder / "tools/apt-get", "#!/bin/sh\n"
                   f'echo "apt-get $*" >>"{self.calls}"\ncat "{self.policy}" >>"{self.calls}"\n')

    def knows(self, status, *but):
        """What dpkg says of every package, and does not of some."""
        known = "".join(f"{each}) ;; " for each in but)
        self.write(self.folder / "tools/dpkg-query", "#!/bin/sh\nfor each; do case $each in "
                   f'-*) ;; {known}*) echo "{status}  $each" ;; esac; done\n')

    def setup_(self):
        status, said = self.dev("setup", root=self.tree)
        self.assertEqual(status, 0, said)
        return self.called()

    def installed(self, calls):
        return [call.split()[-1] for call in calls if call.startswith("apt-get") and "install" in call]

    def test_aPackageThatIsHeldIsThere(self):
        for status in ("ii", "hi"):
            with self.subTest(status):
                self.knows(status)
                self.assertEqual(self.installed(self.setup_()), [])

    def test_aPackageThatIsOnlyRemembered_orUnknown_isInstalled(self):
        self.knows("ii", "shellcheck")
        self.assertEqual(self.installed(self.setup_()), ["shellcheck"])
        self.knows("rc")
        self.assertEqual(len(self.installed(self.setup_())), 2)

    def test_theFolderThatPcscdNeedsIsMadeOnce_asRoot(self):
        made = f"sudo install -d {self.pcscd}"
        self.assertEqual(self.setup_().count(made), 1)
        self.assertTrue(self.pcscd.is_dir())
        self.assertEqual(self.setup_().count(made), 1)

    def test_whoMayNotMakeItIsTold_andGoesOn(self):
        self.write(self.folder / "tools/sudo", "#!/bin/sh\nexit 1\n")
        status, said = self.dev("setup", root=self.tree)
        self.assertEqual(status, 0, said)
        self.assertIn(f"As root, type: install -d {self.pcscd}", said)
        self.assertIn("Everything Zegel needs is installed.", said)

    def test_buildingNeedsNoSuchFolder(self):
        self.assertEqual(self.dev("build", root=self.tree)[0], 0)
        self.assertFalse(self.pcscd.exists())

    def test_whereSwapIsOnMoreMemoryMayBeLocked_orItIsToldWhatToDo(self):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 16, 1 << 16))  # of this process of tests
        self.write(self.folder / "tools/prlimit", "#!/bin/sh\n")
        raised = "sudo prlimit --memlock=unlimited:unlimited --pid "
        for words in ("demo",), ("test",), ("test", "style"):
            for swap, times in ("", 0), ("/dev/sdz9 partition 1 0 -2\n", 1):
                with self.subTest(words=words, swap=swap):
                    self.write(self.folder / "swaps", "Filename Type Size Used Priority\n" + swap)
                    self.calls.unlink(missing_ok=True)
                    self.dev(*words, root=self.tree)
                    self.assertEqual(sum(call.startswith(raised) for call in self.called()), times)
        self.write(self.folder / "tools/prlimit", "#!/bin/sh\nexit 1\n")
        self.assertIn("As root, type: swapoff -a", self.dev("demo", root=self.tree)[1])

    def test_servicesAreForbiddenOnlyMeanwhile(self):
        self.knows("ii", "shellcheck")
        self.assertIn("exit 101", self.setup_())
        self.assertFalse(self.policy.exists())

    def test_aPolicyOfAnInstallationThatWasKilledIsRemoved(self):
        self.knows("ii", "shellcheck")
        self.write(self.folder / "tools/apt-get", f'#!/bin/sh\ncp "{self.policy}" "{self.policy}.left"\n')
        self.setup_()
        for missing in (("shellcheck",), ()):
            with self.subTest(missing):
                self.knows("ii", *missing)
                shutil.copy(f"{self.policy}.left", self.policy)
                self.setup_()
                self.assertFalse(self.policy.exists())

    def test_aPolicyOfTheOwnerStays(self):
        self.knows("ii", "shellcheck")
        self.write(self.policy, "#!/bin/sh\nexit 104\n")
        self.setup_()
        self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 104\n")


if __name__ == "__main__":
    unittest.main()

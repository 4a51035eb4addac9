"""The floors of the house, as the style tests see them: which folder is which room, and what a
room may stand on. The table is the architecture; a change to it is a change to the design."""
import pathlib
import re

CODE = {".h", ".cpp"}

DRIVERS_BELOW_CARDS = {"drivers/base", "drivers/iso7816", "drivers/channel", "drivers/securechannel"}
DRIVERS = DRIVERS_BELOW_CARDS | {"drivers/reader", "drivers/pkcs11", "drivers/cards"}
HOUSE = DRIVERS | {
    "drivers/reader/pcsc", "drivers/reader/usb", "cardprofiles", "pinmailer/seal", "config",
    "station/orders", "station/ledger", "station/authority", "station/journey", "station/line",
    "station/desk", "station/report", "station/api", "station/console",
}

# A room is the longest of these names that a file's path starts with.
MAY_STAND_ON = {
    "drivers/base": set(),
    "drivers/iso7816": {"drivers/base"},
    "drivers/channel": {"drivers/base", "drivers/iso7816"},
    "drivers/securechannel": {"drivers/base", "drivers/iso7816", "drivers/channel"},
    "drivers/reader": {"drivers/base", "drivers/iso7816", "drivers/channel"},
    "drivers/reader/pcsc": {"drivers/base", "drivers/iso7816", "drivers/channel", "drivers/reader"},
    "drivers/reader/usb": {"drivers/base", "drivers/iso7816", "drivers/channel", "drivers/reader"},
    "drivers/pkcs11": {"drivers/base"},
    "drivers/cards": DRIVERS_BELOW_CARDS | {"drivers/pkcs11"},
    "cardprofiles": {"drivers/base", "drivers/iso7816", "config"},  # one strict reader of TOML
    "pinmailer/seal": {"drivers/base"},
    "pinmailer/press": {"drivers/base", "drivers/pkcs11", "pinmailer/seal", "config",
                        "pinmailer/press/wire", "pinmailer/press/printing", "pinmailer/press/post"},
    "pinmailer/press/wire": {"drivers/base"},
    "pinmailer/press/printing": {"drivers/base", "pinmailer/press/wire"},
    "pinmailer/press/post": {"drivers/base", "pinmailer/press/wire"},
    "config": {"drivers/base"},
    "station/orders": {"drivers/base", "cardprofiles"},
    "station/ledger": {"drivers/base", "station/orders"},
    "station/authority": {"drivers/base", "cardprofiles"},
    "station/journey": DRIVERS | {"cardprofiles", "pinmailer/seal", "station/orders",
                                  "station/ledger", "station/authority"},
    # The line stacks the channel over each card it meets, and serves by the profile's carrier.
    "station/line": {"drivers/base", "drivers/iso7816", "drivers/channel", "drivers/reader",
                     "cardprofiles", "station/orders", "station/journey", "station/ledger"},
    # The desk releases letters: by the profile's rule, signed with the sealer.
    "station/desk": {"drivers/base", "cardprofiles", "pinmailer/seal", "station/orders",
                     "station/ledger", "station/authority"},
    "station/report": {"drivers/base", "station/orders", "station/ledger"},
    # A body is read by the same readers as a file in the inbox.
    "station/api": {"drivers/base", "station/orders", "station/line", "station/desk",
                    "station/report", "station/ledger"},
    "station/console": {"station/api"},
    "station/app": HOUSE,
    "hwsim": {"drivers/base", "drivers/iso7816", "drivers/channel", "drivers/reader"},
}

# A room that may see only some headers of another one.
ONLY_THESE_HEADERS = {
    # The simulator is written from the standards: of the drivers it may see the seams, never the
    # code that it is there to test.
    ("hwsim", "drivers/iso7816"): {"apdu.h", "status_word.h"},
    ("hwsim", "drivers/channel"): {"channel.h"},
    ("hwsim", "drivers/reader"): {"reader.h"},
    # The print room's settings are its own; the station's stand on the other machine.
    ("pinmailer/press", "config"): {"print_room.h"},
}

# What stands outside, by the way it is included, and the rooms that may include it.
OUTSIDE = {
    "PC/SC": (r"<(PCSC/|winscard\.h|pcsclite\.h|wintypes\.h|reader\.h)", {"drivers/reader/pcsc"}),
    "libusb": (r"<libusb", {"drivers/reader/usb"}),
    "Cryptoki": (r"<(p11-kit/|pkcs11)", {"drivers/pkcs11"}),
    "Poco": (r"<Poco/", {"config", "station/orders", "station/ledger", "station/authority",
                         "station/line", "station/desk", "station/report", "station/api",
                         "station/console", "station/app", "hwsim"}),
    "drawing": (r"<(librsvg/|pango/|cairo|fontconfig/|dmtx)", {"pinmailer/press"}),
    "TOML": (r"<toml", {"config"}),
    "IPP": (r"<cups/", {"pinmailer/press/printing"}),
    "libcurl": (r"<curl/", {"pinmailer/press/wire"}),
    "JSON of others": (r"<nlohmann/", {"pinmailer/press/post"}),
}
OUTSIDE_LINKS = {
    "PC/SC": (r"PkgConfig::PCSC", {"drivers/reader/pcsc", "drivers/reader"}),
    "libusb": (r"PkgConfig::USB|usb-1\.0", {"drivers/reader/usb"}),
    "Poco": (r"Poco::", OUTSIDE["Poco"][1]),
    "drawing": (r"PkgConfig::(RSVG|PANGO|FONTCONFIG|CAIRO|DMTX)", {"pinmailer/press"}),
    "IPP": (r"Cups::Cups", {"pinmailer/press/printing"}),
    "libcurl": (r"PkgConfig::CURL", {"pinmailer/press/wire"}),
    "JSON of others": (r"nlohmann", {"pinmailer/press/post"}),
}


def room_of(path: str) -> str | None:
    """The room of a repository path, or nothing when it is no room's (tests, cmake)."""
    parts = pathlib.PurePosixPath(path).parts
    for length in range(len(parts), 0, -1):
        room = "/".join(parts[:length])
        if room in MAY_STAND_ON:
            return room
    return None


def is_ours(path: str) -> bool:
    """True for a path that claims to be in the house, room or not."""
    return path.split("/")[0] in {"drivers", "cardprofiles", "pinmailer", "config", "station",
                                  "hwsim"}


def code_files(root: pathlib.Path, *folders: str):
    """Every header and source under the folders, as (path from the root, text)."""
    for folder in folders or ("drivers", "cardprofiles", "pinmailer", "config", "station", "hwsim",
                              "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in CODE and path.is_file():
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    """The code with comments and the contents of strings blanked, line numbers kept."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, lambda found: '""' if found[0].startswith('"')
                  else "\n" * found[0].count("\n"), text, flags=re.DOTALL)


def conclude(what: str, complaints: list[str]) -> int:
    """Prints the verdict of one check; its exit code."""
    print("\n".join(complaints) if complaints else f"{what}: ok")
    return 1 if complaints else 0

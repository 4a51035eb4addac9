"""Proves that every style check fails on the violation it is there for, and only then: each test
plants one in a small house of its own."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import check_disclosures
import check_headers
import check_layers
import check_links
import check_pages
import check_quotes
import check_words

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = "#pragma once\n"


class House(unittest.TestCase):
    """A temporary tree with files written by the test."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def put(self, path, text=""):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def assertComplains(self, complaints, *words):
        self.assertTrue(any(all(word in line for word in words) for line in complaints),
                        f"{words} not in {complaints}")


class Layers(House):
    def includes(self, path, include):
        self.put(path, f"{HEADER}#include {include}\n")
        return check_layers.check(self.root)

    def test_looking_down_is_fine(self):
        self.assertEqual(self.includes("station/journey/open_chip.cpp",
                                       '"drivers/cards/card_driver.h"'), [])

    def test_looking_up_is_not(self):
        self.assertComplains(self.includes("drivers/channel/channel.h", '"drivers/cards/piv.h"'),
                             "drivers/channel/channel.h:2", "may not include drivers/cards")

    def test_every_room_of_the_house_stays_off_every_floor_that_is_not_its_own(self):
        for room, floors in check_layers.MAY_STAND_ON.items():
            for other in check_layers.MAY_STAND_ON:
                if other != room and other not in floors:
                    with self.subTest(room=room, other=other):
                        complaint = check_layers.complaint_about(room, f'"{other}/x.h"')
                        self.assertIsNotNone(complaint)

    def test_the_simulator_never_sees_the_code_it_tests(self):
        for header in ("drivers/cards/card_driver.h", "drivers/securechannel/scp03.h",
                       "drivers/iso7816/tlv.h", "drivers/channel/chaining.h",
                       "drivers/reader/pcsc/pcsc_reader.h"):
            with self.subTest(header=header):
                self.assertIsNotNone(check_layers.complaint_about("hwsim", f'"{header}"'))
        self.assertIsNone(check_layers.complaint_about("hwsim", '"drivers/iso7816/apdu.h"'))

    def test_the_world_outside_has_one_door_each(self):
        for room, header in (("drivers/cards", "<winscard.h>"), ("drivers/reader", "<PCSC/x.h>"),
                             ("station/line", "<libusb-1.0/libusb.h>"),
                             ("pinmailer/press", "<p11-kit/pkcs11.h>"),
                             ("hwsim", "<pkcs11.h>"), ("pinmailer/seal", "<Poco/JSON/Object.h>"),
                             ("drivers/pkcs11", "<Poco/Exception.h>"),
                             ("station/app", "<librsvg/rsvg.h>")):
            with self.subTest(room=room, header=header):
                self.assertIsNotNone(check_layers.complaint_about(room, header))

    def test_only_the_wiring_names_a_reader_of_flesh_and_blood(self):
        include = '"drivers/reader/pcsc/pcsc_reader.h"'
        self.assertIsNotNone(check_layers.complaint_about("station/line", include))
        self.assertIsNotNone(check_layers.complaint_about("station/journey", include))
        self.assertIsNone(check_layers.complaint_about("station/app", include))

    def test_a_chip_family_is_the_registrys_business(self):
        self.assertIsNotNone(
            check_layers.complaint_about("station/journey", '"drivers/cards/piv/piv_driver.h"'))

    def test_a_folder_outside_the_plan_is_noticed(self):
        self.assertComplains(self.includes("station/attic/box.h", "<string>"), "no room")

    def test_includes_name_the_path_from_the_root(self):
        self.assertComplains(self.includes("drivers/base/hex.cpp", '"hex.h"'), "from the root")


class Links(House):
    def links(self, *lines):
        self.put("links.txt", "".join(line + "\n" for line in lines))
        return check_links.check(self.root / "links.txt")

    def test_a_floor_below_is_fine(self):
        self.assertEqual(self.links("zegel_base STATIC_LIBRARY drivers/base",
                                    "zegel_cards STATIC_LIBRARY drivers/cards zegel_base"), [])

    def test_a_floor_above_is_not(self):
        self.assertComplains(self.links("zegel_base STATIC_LIBRARY drivers/base zegel_cards",
                                        "zegel_cards STATIC_LIBRARY drivers/cards"),
                             "zegel_base (drivers/base) may not link zegel_cards")

    def test_the_press_never_comes_into_the_station_by_a_back_door(self):
        self.assertComplains(
            self.links("zegel_press STATIC_LIBRARY pinmailer/press",
                       "zegel_config STATIC_LIBRARY config $<LINK_ONLY:zegel_press>",
                       "zegel-station EXECUTABLE station/app zegel_config"),
            "zegel-station (station/app) reaches zegel_press")

    def test_the_simulator_never_reaches_a_driver(self):
        self.assertComplains(
            self.links("zegel_cards STATIC_LIBRARY drivers/cards",
                       "zegel_reader STATIC_LIBRARY drivers/reader zegel_cards",
                       "zegel_hwsim STATIC_LIBRARY hwsim/doors zegel_reader"),
            "zegel_hwsim (hwsim/doors) reaches zegel_cards")

    def test_poco_stays_away_from_chips_and_secrets(self):
        for folder in ("drivers/cards", "pinmailer/seal", "pinmailer/press", "cardprofiles"):
            with self.subTest(folder=folder):
                self.assertComplains(self.links(f"x STATIC_LIBRARY {folder} Poco::JSON"), "Poco")


class Disclosures(House):
    CALL = "key.disclose(Disclosure::ToChip, [](ByteView octets) { send(octets); });\n"

    def setUp(self):
        super().setUp()
        self.put("drivers/cards/guard.cpp", self.CALL)
        self.put(check_disclosures.TABLE)

    def test_the_written_table_agrees_with_the_code(self):
        check_disclosures.write(self.root)
        self.assertEqual(check_disclosures.check(self.root), [])

    def test_one_more_reading_is_noticed(self):
        check_disclosures.write(self.root)
        self.put("drivers/cards/guard.cpp", self.CALL * 2)
        self.assertComplains(check_disclosures.check(self.root), "guard.cpp", "2 times, agreed 1")

    def test_one_less_is_noticed_too(self):
        check_disclosures.write(self.root)
        self.put("drivers/cards/guard.cpp", "// " + self.CALL)
        self.assertComplains(check_disclosures.check(self.root), "guard.cpp", "0 times, agreed 1")

    def test_a_reason_that_is_not_named_in_place_is_noticed(self):
        self.put("drivers/cards/guard.cpp", "key.disclose(why, use);\n")
        check_disclosures.write(self.root)
        self.assertComplains(check_disclosures.check(self.root), "without naming")

    def test_nobody_but_the_press_writes_codes_on_paper(self):
        self.put("station/desk/print.cpp", "pin.disclose(Disclosure::ToPaper, draw);\n")
        check_disclosures.write(self.root)
        self.assertComplains(check_disclosures.check(self.root), "station/desk", "ToPaper")


class Words(House):
    def declares(self, text, path="station/line/line.h"):
        self.put(path, text)
        return check_words.check(self.root)

    def test_empty_names_are_noticed(self):
        for text in ("class CardManager {\n", "struct PinHelper {};\n", "namespace zegel::util {\n",
                     "enum class OrderData { A };\n", "class Processor final : public Chip {\n",
                     "using CardInfo = int;\n"):
            with self.subTest(text=text):
                self.assertComplains(self.declares(text), "says nothing")

    def test_an_empty_file_name_is_noticed(self):
        self.assertComplains(self.declares("", "station/line/string_utils.h"), "utils")

    def test_the_certificate_manager_is_a_person(self):
        self.assertEqual(self.declares("struct CertificateManager {};\n"), [])

    def test_the_standards_data_object_is_a_thing(self):
        self.assertEqual(self.declares("struct DataObject {};\n"), [])

    def test_words_in_comments_and_calls_are_free(self):
        self.assertEqual(self.declares("// class Manager {\nauto size = bytes.data();\n"), [])

    def test_a_path_of_one_machine_is_noticed(self):
        self.assertComplains(self.declares("// see /home/somebody/notes\n"), "path of one machine")

    def test_a_package_host_is_noticed(self):
        self.put("setup.sh", "deb http://deb.debian.org/debian bookworm main\n")
        self.assertComplains(check_words.check(self.root), "setup.sh:1", "package host")


class Pages(House):
    ENTRY = "**You see** a\n\n**Why** b\n\n**What to do** c\n"

    def setUp(self):
        super().setUp()
        self.put(check_pages.FAULTS, HEADER + "enum class Fault {\n    CardPulled,\n};\n")
        self.put(check_pages.NAMES_OF_FAULTS, 'case Fault::CardPulled: return "card-pulled";\n')
        self.put(check_pages.HANDBOOK, f"# Handbook\n\n## card-pulled\n\n{self.ENTRY}")
        for folder in ("drivers", "drivers/base"):
            self.put(f"{folder}/README.md", "# A room\n")

    def test_a_complete_house_is_fine(self):
        self.assertEqual(check_pages.check(self.root), [])

    def test_a_folder_without_readme_is_noticed(self):
        self.put("hwsim/chips/chip.h", HEADER)
        self.assertComplains(check_pages.check(self.root), "hwsim/chips: has no README")

    def test_a_long_readme_is_noticed(self):
        self.put("drivers/README.md", "line\n" * 61)
        self.assertComplains(check_pages.check(self.root), "drivers/README.md: 61 lines")

    def test_a_link_to_nowhere_is_noticed(self):
        self.put("drivers/README.md", "[the attic](attic/README.md)\n")
        self.assertComplains(check_pages.check(self.root), "attic/README.md")

    def test_a_page_that_is_not_in_the_repository_is_noticed(self):
        self.put("drivers/base/hex.h", HEADER + "// see plan.md\n")
        self.assertComplains(check_pages.check(self.root), "hex.h", "plan.md")

    def test_a_fault_without_a_heading_is_noticed(self):
        self.put(check_pages.HANDBOOK, "# Handbook\n")
        self.assertComplains(check_pages.check(self.root), "no heading '## card-pulled'")

    def test_a_heading_without_a_fault_is_noticed(self):
        self.put(check_pages.HANDBOOK, f"## card-pulled\n\n{self.ENTRY}\n## card-eaten\n{self.ENTRY}")
        self.assertComplains(check_pages.check(self.root), "'## card-eaten' is no fault")

    def test_a_fault_without_a_name_is_noticed(self):
        self.put(check_pages.NAMES_OF_FAULTS, "")
        self.assertComplains(check_pages.check(self.root), "Fault::CardPulled has no name")

    def test_an_entry_that_does_not_say_what_to_do_is_noticed(self):
        self.put(check_pages.HANDBOOK, "## card-pulled\n\n**You see** a\n\n**Why** b\n")
        self.assertComplains(check_pages.check(self.root), "**What to do**")


class Quotes(House):
    def quoted(self, quote, code):
        self.put("station/HANDBOOK.md", f"## card-pulled\n\n**You see** {quote}.\n")
        self.put("station/line/line.cpp", code)
        return check_quotes.check(self.root)

    def test_what_a_program_says_is_fine(self):
        for quote, code in (('"the card was\ntaken out"', 'tell("the card was taken out; look");'),
                            ('"is \'gone\' for good"', 'tell("is \'gone\' "\n     "for good");'),
                            ('"no card has the number …"', 'tell("no card has the number " + x);'),
                            ('"… is gone; put it back"', 'tell(x + " is gone; put it back");'),
                            ('`zegel "x"`', "")):
            with self.subTest(quote):
                self.assertEqual(self.quoted(quote, code), [])

    def test_what_no_program_says_is_noticed(self):
        for quote, code in (('"a second person has to agree"', 'tell("the card was taken out");'),
                            ('"the card has left"', '// "the card has left"\n'),
                            ('"no card … here"', 'tell("no card " + x + " there");')):
            with self.subTest(quote):
                self.assertComplains(self.quoted(quote, code), "no program says")


class Headers(House):
    def setUp(self):
        super().setUp()
        self.put("drivers/base/CMakeLists.txt", "zegel_room(NAME base HEADERS hex.h)\n")
        self.put("drivers/base/hex.h", HEADER)

    def test_a_listed_header_is_fine(self):
        self.assertEqual(check_headers.check(self.root), [])

    def test_a_header_in_no_list_is_noticed(self):
        self.put("drivers/base/bytes.h", HEADER)
        self.assertComplains(check_headers.check(self.root), "drivers/base/bytes.h", "HEADERS")

    def test_a_header_without_pragma_once_is_noticed(self):
        self.put("drivers/base/hex.h", "int x;\n")
        self.assertComplains(check_headers.check(self.root), "#pragma once")

    def test_a_header_that_opens_a_namespace_is_noticed(self):
        self.put("drivers/base/hex.h", HEADER + "using namespace std;\n")
        self.assertComplains(check_headers.check(self.root), "using namespace")

    def test_a_header_that_leans_on_its_includer_does_not_compile_alone(self):
        self.put("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(house CXX)\n"
                 "set(CMAKE_CXX_STANDARD 20)\nadd_library(zegel_rules INTERFACE)\n"
                 f"include({ROOT}/cmake/rooms.cmake)\nadd_subdirectory(drivers/base)\n")
        self.assertEqual(self.build_headers(), 0)
        self.put("drivers/base/hex.h", HEADER + "std::string toHex();\n")
        self.assertNotEqual(self.build_headers(), 0)

    def build_headers(self):
        build = self.root / "build"
        shutil.rmtree(build, ignore_errors=True)
        configured = subprocess.run(["cmake", "-G", "Ninja", "-S", self.root, "-B", build],
                                    capture_output=True, text=True, check=False)
        self.assertEqual(configured.returncode, 0, configured.stdout + configured.stderr)
        return subprocess.run(["cmake", "--build", build, "--target",
                               "all_verify_interface_header_sets"],
                              capture_output=True, check=False).returncode


if __name__ == "__main__":
    unittest.main()

"""Proves that every check of floors and headers fails on the violation it is there for, and only
then: each test plants one in a small house of its own."""
import pathlib
import shutil
import subprocess
import unittest

import check_headers
import check_layers
import check_links
from small_house import HEADER, House

ROOT = pathlib.Path(__file__).resolve().parents[2]


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

    def test_a_header_that_its_source_does_not_include_first_is_noticed(self):
        self.put("drivers/base/hex.cpp", '#include "drivers/base/hex.h"\n\n#include <string>\n')
        self.assertEqual(check_headers.check(self.root), [])
        self.put("drivers/base/hex.cpp", '#include <string>\n#include "drivers/base/hex.h"\n')
        self.assertComplains(check_headers.check(self.root), "hex.cpp includes first")

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

"""Proves that every check of names, pages and secrets fails on the violation it is there for, and
only then: each test plants one in a small house of its own."""
import unittest

import check_disclosures
import check_pages
import check_quotes
import check_words
from small_house import HEADER, House


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
                            ('"look at https://here"', 'tell("look at https://here");  // "there"'),
                            ('"after a quote"', "if (c == '\"') tell(\"after a quote\");"),
                            ('`zegel "x"`', "")):
            with self.subTest(quote):
                self.assertEqual(self.quoted(quote, code), [])

    def test_what_no_program_says_is_noticed(self):
        for quote, code in (('"a second person has to agree"', 'tell("the card was taken out");'),
                            ('"the card has left"', '// "the card has left"\n'),
                            ('"the card has left"', 'look();  // "the card has left"\n'),
                            ('"the card has left"', 'look(/* "the card\nhas left" */);\n'),
                            ('"no card … here"', 'tell("no card " + x + " there");')):
            with self.subTest(quote):
                self.assertComplains(self.quoted(quote, code), "no program says")


if __name__ == "__main__":
    unittest.main()

#include "pinmailer/press/program/made_up.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace zegel::press {
namespace {

struct Names {
    std::vector<std::string> address;
    std::string organisation;
    std::string certificateName;
    std::string certificateNumber;
    std::string order;
    std::string reason;
};

Names shortNames(bool dutch) {
    return {{"Mevrouw A. de Vries", "Stationsplein 12", "1234 AB  VOORBEELDSTAD"},
            "Gemeente Voorbeeldstad",
            "Burgerzaken balie",
            "ZG-2026-000012-44",
            "2026-000123",
            dutch ? "Het KvK-nummer hoort niet bij deze organisatie."
                  : "The KvK number does not belong to this organisation."};
}

/// As long as certificates, orders and the post allow.
Names longNames(bool dutch) {
    return {{"Gemeenschappelijke Regeling Veiligheidsregio",
             "Gelderland-Midden, sector Informatiebeheer",
             "Afdeling Certificaatbeheer, kamer B-112", "De heer mr. W. van Obdam-Schimmelpenninck",
             "Burgemeester Quarles van Uffordlaan 1234 - 2e",
             "1234 AB  NOORD-VOORBEELDWOUDE A/D LANGEDIJK"},
            "Samenwerkingsverband Informatievoorziening Noord-Oost Nederland1",
            "Waterschapsverband Informatiebeveiliging Mijnwoud-Wammerwaard WW",
            "ZGEL-2026-000123-56",
            "ORDER-2026-0000000000123-AFDELING-BURGERZAKEN-EN-BELASTINGEN-001",
            dutch ? "De aanvraag is ondertekend door iemand die voor deze organisatie niet als "
                    "bevoegd vertegenwoordiger is ingeschreven, en het KvK-nummer hoort bij een "
                    "andere organisatie dan de aanvraag noemt. Dien haar opnieuw in, met de juiste "
                    "ondertekening en nummers."
                  : "The application was signed by somebody who is not registered as an authorised "
                    "representative of this organisation, and the KvK number belongs to another "
                    "organisation than the application names. Please hand it in again, signed by "
                    "the right person."};
}

/// What breaks carelessly made letters: markup, patterns, quotes, marks on marks, many alphabets.
Names hostileNames() {
    return {
        {"</text><script>alert(1)</script> & <b>\"Zn\"</b>", "%s%n ${7*7} {{x}} \\0 ' OR '1'='1",
         "Ďorđe Ĳsbrand Ţiriac-Ğül ẞtraße Ǆ ŉ", "Αθήνα Їжак Łódź Þór Ħal Għarb",
         "Zoe\u0308 N\u0303un\u0303ez e\u0301\u0323 \u00AB\u2013\u00BB",
         "1234 AB  'S-VOORBEELDENBOSCH"},
        "Robert'); DROP TABLE letters;-- & <tspan x=\"0\">Co.</tspan>",
        "../../etc/passwd\u2026 &amp; ]]> <!-- \u201Cbalie\u201D",
        "ZG-2026-000012-44",
        "2026-000123",
        "</text> & %n \u201EKvK\u201C \u2260 <svg onload='x'> \u00A0 \\u0000 ï¿½"};
}

Names namesFor(const MadeUp& wish) {
    const bool dutch = wish.language == "nl";
    if (wish.names == "long") return longNames(dutch);
    return wish.names == "hostile" ? hostileNames() : shortNames(dutch);
}

constexpr TimePoint Today = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21};

std::string madeUpValue(std::string_view field, const Names& names) {
    if (field == "order") return names.order;
    if (field == "organisation") return names.organisation;
    if (field == "certificate-name") return names.certificateName;
    if (field == "certificate-number") return names.certificateNumber;
    if (field == "chip-number") return "piv-00A1B2C3";
    if (field == "reason") return names.reason;
    if (field == "track") return "3SZEGL0123456789";
    if (field == "loan-serial") return "CR-2026-004711";
    if (field == "receive-by") return "2027-01-02";
    throw Failure{Fault::Defect, "a preview has no words for the field " + std::string{field}};
}

/// The first way for a smart card, the last one for a USB token.
std::string madeUpChoice(const Choice& choice, bool token) {
    const std::string word{token ? choice.words.back() : choice.words.front()};
    return choice.field == "loan-kind" ? word.substr(word.find('-') + 1) : word;
}

}  // namespace

bool areNames(std::string_view names) {
    constexpr std::array<std::string_view, 3> Known{"short", "long", "hostile"};
    return std::ranges::count(Known, names) != 0;
}

OpenedLetter madeUpLetter(const MadeUp& wish) {
    constexpr std::size_t ShownEnd = 5;  // as the station shows of a number
    auto names = namesFor(wish);
    OpenedLetter opened;
    auto& letter = opened.letter;
    letter.letter = LetterId{"preview-0000"};
    letter.templateName = wish.templateName;
    letter.language = wish.language;
    letter.address = std::move(names.address);
    letter.organisation = std::move(names.organisation);
    letter.certificateName = std::move(names.certificateName);
    const auto& number = names.certificateNumber;
    letter.certificateNumberEnd = number.substr(number.size() - ShownEnd);
    letter.orderReference = std::move(names.order);
    letter.carrier = wish.carrier;
    letter.pinTries = 3;
    letter.pukTries = wish.puk ? 3 : 0;
    letter.releasedAt = Today;
    letter.releasedBy = "preview";
    opened.codes.pin = secretOf(bytesOf("012345"));
    if (wish.puk) opened.codes.puk = secretOf(bytesOf("01234567"));
    opened.codes.revocation = secretOf(bytesOf("ABCDEFGHJKMN"));
    return opened;
}

Note madeUpNote(const MadeUp& wish, const LetterKind& kind) {
    const auto names = namesFor(wish);
    const bool all = wish.names != "short";
    Note note{LetterId{"preview-0000"}, wish.templateName, wish.language, names.address, {}, Today};
    for (const auto& rule : kind.fields) {
        const bool ofEveryNote = rule.name == "address" || rule.name == "date";
        if (ofEveryNote || (rule.need == FieldRule::Need::MayBe && !all)) continue;
        note.fields[std::string{rule.name}] = madeUpValue(rule.name, names);
    }
    for (const auto& choice : kind.choices) {
        if (!choice.always && !all) continue;
        note.fields[std::string{choice.field}] = madeUpChoice(choice, wish.carrier == "usb-token");
    }
    return note;
}

}  // namespace zegel::press

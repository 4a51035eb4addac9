#include "station/orders/order_form.h"

#include "drivers/base/failure.h"
#include "station/orders/country.h"
#include "station/orders/paper_room.h"
#include "station/orders/postal_address.h"
#include "station/orders/written_text.h"

#include <algorithm>

namespace zegel::station {
namespace {

/// Whether a letter has room for so many depends on which they are: `whyNoRoomFor`.
constexpr std::size_t AddressLine = 50;
constexpr std::size_t LongestEmail = 254;  // RFC 5321 4.5.3.1.3, less the angle brackets

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isReferenceCharacter(char c) {
    return isDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
}

bool isCountry(std::string_view text) {
    return countryName(text).has_value();
}

/// Enough to catch a slip: whether it can be reached only the mail knows.
bool isEmail(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos || text.find(' ') != std::string_view::npos) {
        return false;
    }
    const std::string_view domain = text.substr(at + 1);
    const std::size_t dot = domain.rfind('.');
    return domain.find('@') == std::string_view::npos && dot != std::string_view::npos && dot > 0 &&
           dot + 1 < domain.size();
}

bool isLanguageTag(std::string_view text) {
    return text.size() == 2 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

constexpr TextRule Reference{.longest = 64, .fits = isReference, .form = ReferenceForm};
constexpr TextRule Country{
    .longest = 2, .fits = isCountry, .form = "an ISO 3166 code of two capitals, such as NL"};

/// "is not offered" with what is: an operator should not have to look it up.
std::string insteadOf(const std::string& said, const std::vector<std::string>& offered) {
    std::string list;
    for (const auto& name : offered)
        list += (list.empty() ? "" : ", ") + name;
    return "\"" + said + "\" is not known here; choose from " + list;
}

void checkSubject(const Subject& subject, const StrictObject& fields,
                  const cardprofiles::Profile& profile) {
    const auto& rule = profile.subject;
    const auto tooLong = [&](std::string_view field, std::size_t has, std::size_t longest) {
        if (has <= longest) return;
        fields.complain(field, "has " + std::to_string(has) + " characters and profile " +
                                   profile.name + " allows " + std::to_string(longest) +
                                   "; shorten it");
    };
    tooLong("group", charactersIn(subject.group), rule.longestCommonName);
    tooLong("organisation", charactersIn(subject.organisation), rule.longestOrganisation);
    if (!subject.group.empty() && !subject.group.starts_with(rule.commonNamePrefix)) {
        fields.complain("group", "does not start with \"" + rule.commonNamePrefix +
                                     "\" as profile " + profile.name + " wants; write it in front");
    }
    if (rule.organisationIdentifierRequired && fields.find("kvkNumber") == nullptr) {
        fields.complain("kvkNumber", "is missing and profile " + profile.name +
                                         " wants it; write the eight digits of the trade register");
    }
    if (subject.oin && !rule.oinAllowed) {
        fields.complain("oin", "has no place in profile " + profile.name + "; remove it");
    }
}

/// Of an address without complaints.
void expectRoom(const Receiver& receiver, std::size_t line, Complaints& complaints) {
    try {
        const auto why = whyNoRoomFor(postalAddress(receiver));
        if (!why.empty()) complaints.add(line, "manager.address", why);
    } catch (const Failure& tooLong) {
        complaints.add(line, "manager.address", tooLong.what());
    }
}

/// Nothing while it is not known which letter it is.
const cardprofiles::LetterCharacters* lettersOf(const cardprofiles::Profile* profile) {
    return profile == nullptr ? nullptr : &profile->letterCharacters;
}

Subject readSubject(const JsonNode& node, Complaints& complaints,
                    const cardprofiles::Profile* profile) {
    const StrictObject fields(node, "subject.", complaints,
                              {"country", "organisation", "kvkNumber", "group", "oin"});
    Subject subject;
    subject.country = fields.text("country", Country);
    const TextRule name{.longest = 64, .printable = lettersOf(profile)};
    subject.organisation = fields.text("organisation", name);
    subject.group = fields.text("group", name);
    subject.kvkNumber =
        fields
            .textIfAny("kvkNumber", {.longest = 8, .fits = isKvkNumber, .form = "its eight digits"})
            .value_or("");
    subject.oin =
        fields.textIfAny("oin", {.longest = 20,
                                 .fits = isOin,
                                 .form = "twenty digits that start with 000000 and end with 000"});
    if (profile != nullptr) checkSubject(subject, fields, *profile);
    return subject;
}

void readPostcode(Receiver& receiver, const StrictObject& fields,
                  const cardprofiles::LetterCharacters* printable) {
    const bool dutch = receiver.country == "NL";
    if (dutch && fields.find("postcode") == nullptr) {
        fields.complain("postcode", "is missing; fill it in, such as 1234 AB");
        return;
    }
    receiver.postcode =
        fields.textIfAny("postcode", {.longest = 12, .printable = printable}).value_or("");
    if (!dutch || receiver.postcode.empty()) return;
    const auto normal = dutchPostcode(receiver.postcode);
    if (!normal) {
        fields.complain("postcode", "\"" + receiver.postcode +
                                        "\" is no Dutch postcode; write four digits, a space and "
                                        "two capitals, such as 1234 AB");
        return;
    }
    receiver.postcode = *normal;
}

void readAddress(Receiver& receiver, const JsonNode& node, Complaints& complaints,
                 const cardprofiles::LetterCharacters* printable) {
    const StrictObject fields(node, "manager.address.", complaints,
                              {"street", "postcode", "town", "country"});
    receiver.street =
        fields.texts("street", 1, 3, {.longest = AddressLine, .printable = printable});
    receiver.country = fields.text("country", Country);
    receiver.town = fields.text("town", {.longest = 36, .printable = printable});
    readPostcode(receiver, fields, printable);
}

Receiver readManager(const JsonNode& node, Complaints& complaints,
                     const cardprofiles::LetterCharacters* printable) {
    const StrictObject fields(node, "manager.", complaints,
                              {"name", "organisation", "email", "address"});
    const std::size_t before = complaints.count();
    Receiver receiver;
    const TextRule line{.longest = AddressLine, .printable = printable};
    receiver.name = fields.text("name", line);
    receiver.organisation = fields.textIfAny("organisation", line).value_or("");
    receiver.email = fields.textIfAny(
        "email",
        {.longest = LongestEmail, .fits = isEmail, .form = "an address such as name@example.org"});
    if (fields.find("address") == nullptr) {
        fields.complain("address",
                        "is missing; the letter needs one, have the order system send the address "
                        "of the certificate manager");
        return receiver;
    }
    if (const JsonNode* address = fields.object("address")) {
        readAddress(receiver, *address, complaints, printable);
        if (complaints.count() == before) expectRoom(receiver, address->line, complaints);
    }
    return receiver;
}

const cardprofiles::Profile* profileOf(const StrictObject& fields, const std::string& name,
                                       const cardprofiles::Profiles& profiles) {
    if (name.empty()) return nullptr;
    const auto found = profiles.find(name);
    if (found != profiles.end()) return &found->second;
    std::vector<std::string> offered;
    for (const auto& [offer, profile] : profiles)
        offered.push_back(offer);
    fields.complain("profile", insteadOf(name, offered));
    return nullptr;
}

}  // namespace

std::optional<Order> readOrder(const JsonNode& node, const cardprofiles::Profiles& profiles,
                               Complaints& complaints) {
    if (node.kind != JsonNode::Kind::Object) {
        complaints.add(node.line, "order",
                       "is " + std::string(nameOf(node.kind)) + "; write an object: { ... }");
        return std::nullopt;
    }
    const std::size_t before = complaints.count();
    const StrictObject fields(node, "", complaints,
                              {"order", "profile", "groupId", "language", "subject", "manager"});
    Order order;
    order.id = OrderId(fields.text("order", Reference));
    order.profile = fields.text("profile", {.longest = 64});
    order.groupId = fields.text("groupId", Reference);
    order.language = fields.text(
        "language", {.longest = 2, .fits = isLanguageTag, .form = "two letters, such as nl"});
    const auto* profile = profileOf(fields, order.profile, profiles);
    if (profile != nullptr && !order.language.empty()) {
        const auto& offered = profile->languages;
        if (std::find(offered.begin(), offered.end(), order.language) == offered.end()) {
            fields.complain("language", insteadOf(order.language, offered));
        }
    }
    if (const JsonNode* subject = fields.object("subject")) {
        order.subject = readSubject(*subject, complaints, profile);
    }
    if (const JsonNode* manager = fields.object("manager")) {
        order.manager = readManager(*manager, complaints, lettersOf(profile));
    }
    if (complaints.count() > before) return std::nullopt;
    return order;
}

std::optional<OrderId> orderIdIn(const JsonNode& node) {
    const auto found =
        std::find_if(node.members.begin(), node.members.end(),
                     [](const JsonMember& member) { return member.name == "order"; });
    if (found == node.members.end() || found->value.kind != JsonNode::Kind::Text ||
        !isReference(found->value.text)) {
        return std::nullopt;
    }
    return OrderId(found->value.text);
}

bool isOnLabel(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool isReference(std::string_view text) {
    constexpr std::size_t Longest = 64;
    return !text.empty() && text.size() <= Longest &&
           std::all_of(text.begin(), text.end(), isReferenceCharacter) && text.front() != '.' &&
           text.front() != '_' && text.front() != '-';
}

bool isKvkNumber(std::string_view text) {
    return text.size() == 8 && std::all_of(text.begin(), text.end(), isDigit);
}

bool isOin(std::string_view text) {
    return text.size() == 20 && std::all_of(text.begin(), text.end(), isDigit) &&
           text.starts_with("000000") && text.ends_with("000");
}

}  // namespace zegel::station

#include "hwsim/authority/misbehaviour.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <vector>

namespace zegel::hwsim {

namespace {

struct Entry {
    Mischief mischief;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array Entries{
    Entry{Mischief::None, "none", "behaves"},
    Entry{Mischief::Down, "down", "closes every connection without a word"},
    Entry{Mischief::Unavailable, "unavailable", "HTTP 503"},
    Entry{Mischief::Slow, "slow", "slow N: answers after N milliseconds"},
    Entry{Mischief::Waiting, "waiting", "waiting N: issues after N polls"},
    Entry{Mischief::Refuse, "refuse", "rejects with badCertTemplate"},
    Entry{Mischief::NotAuthorised, "not-authorised", "rejects with notAuthorized"},
    Entry{Mischief::SystemFailure, "system-failure", "rejects with systemFailure"},
    Entry{Mischief::AnotherKey, "another-key", "certifies a key nobody asked for"},
    Entry{Mischief::WrongSubject, "wrong-subject", "changes the common name"},
    Entry{Mischief::MissingAttribute, "missing-attribute", "drops organizationIdentifier"},
    Entry{Mischief::Expired, "expired", "the certificate ended yesterday"},
    Entry{Mischief::NotYetValid, "not-yet-valid", "the certificate starts tomorrow"},
    Entry{Mischief::TooLong, "too-long", "the certificate is valid for ten years"},
    Entry{Mischief::WrongKeyUsage, "wrong-key-usage", "adds nonRepudiation"},
    Entry{Mischief::WrongExtendedKeyUsage, "wrong-extended-key-usage", "says emailProtection"},
    Entry{Mischief::WrongPolicy, "wrong-policy", "says another certificate policy"},
    Entry{Mischief::ForeignIssuer, "foreign-issuer", "signs with a CA key nobody knows"},
    Entry{Mischief::AuthorityCertificate, "authority-certificate", "issues a CA certificate"},
    Entry{Mischief::Sha1Certificate, "sha1-certificate", "signs the certificate with SHA-1"},
    Entry{Mischief::ExpiredSigner, "expired-signer", "protects messages by an expired certificate"},
    Entry{Mischief::StrangerSigner, "stranger-signer",
          "protects messages by an ordinary certificate of its own"},
    Entry{Mischief::Sha1Protection, "sha1-protection", "protects messages with SHA-1"},
    Entry{Mischief::LostAnswer, "lost-answer", "issues, then drops the connection"},
    Entry{Mischief::LostConfirmation, "lost-confirmation",
          "takes the confirmation, then drops the connection"},
    Entry{Mischief::AlreadyConfirmed, "already-confirmed",
          "takes the confirmation and answers certConfirmed"},
    Entry{Mischief::LostRevocation, "lost-revocation", "revokes, then drops the connection"},
    Entry{Mischief::Garbage, "garbage", "answers octets that are no CMP message"},
};

std::optional<int> numberFrom(const std::string& word) {
    int value = 0;
    const auto* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || value < 0) return std::nullopt;
    return value;
}

/// "once", "N times", "after N" in any order; false when something else stands there.
bool readCounts(std::vector<std::string> words, Misbehaviour& into) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "once") {
            into.times = 1;
            continue;
        }
        if (i + 1 == words.size()) return false;
        const bool after = words[i] == "after";
        const auto number = numberFrom(words[after ? i + 1 : i]);
        if (!number || (!after && words[i + 1] != "times")) return false;
        (after ? into.skipFirst : into.times) = *number;
        ++i;
    }
    return true;
}

}  // namespace

std::string_view nameOf(Mischief mischief) noexcept {
    const auto found = std::ranges::find(Entries, mischief, &Entry::mischief);
    return found == Entries.end() ? "none" : found->name;
}

std::optional<Misbehaviour> misbehaviourFrom(const std::string& text) {
    std::istringstream stream{text};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    if (words.empty()) return std::nullopt;
    const auto found = std::ranges::find(Entries, words.front(), &Entry::name);
    if (found == Entries.end()) return std::nullopt;
    Misbehaviour read{found->mischief};
    words.erase(words.begin());
    if (read.mischief == Mischief::Slow || read.mischief == Mischief::Waiting) {
        const auto amount = words.empty() ? std::nullopt : numberFrom(words.front());
        if (!amount) return std::nullopt;
        read.amount = *amount;
        words.erase(words.begin());
    }
    if (!readCounts(std::move(words), read)) return std::nullopt;
    return read;
}

std::string listOfMischief() {
    std::string list;
    for (const auto& entry : Entries) {
        list += "  " + std::string{entry.name};
        list.append(26 - std::min<std::size_t>(25, entry.name.size()), ' ');
        list += std::string{entry.meaning} + "\n";
    }
    return list;
}

void Temper::set(const Misbehaviour& misbehaviour) {
    const std::lock_guard lock{mutex_};
    set_ = misbehaviour;
    done_ = 0;
    seen_ = 0;
}

Misbehaviour Temper::next() {
    const std::lock_guard lock{mutex_};
    if (set_.mischief == Mischief::None) return {};
    if (seen_++ < set_.skipFirst) return {};
    if (set_.times > 0 && done_ >= set_.times) return {};
    ++done_;
    return set_;
}

Misbehaviour Temper::current() const {
    const std::lock_guard lock{mutex_};
    return set_;
}

}  // namespace zegel::hwsim

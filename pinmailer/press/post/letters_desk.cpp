#include "pinmailer/press/post/letters_desk.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/post/answers.h"

#include <algorithm>
#include <cctype>
#include <thread>
#include <utility>

namespace zegel::press {
namespace {

constexpr int PageSize = 1000;
constexpr std::size_t LongestReason = 512;
constexpr const char* Json = "application/json";
constexpr const char* LetterFile = "application/octet-stream";
constexpr long TooMany = 429;  // RFC 6585, 4
constexpr long Conflict = 409;
constexpr long NotFound = 404;
constexpr int MostTries = 60;
constexpr std::chrono::seconds Breath{1};

/// Everything but unreserved characters percent-encoded (RFC 3986, 2.3).
std::string escaped(const std::string& text) {
    constexpr std::string_view Digits = "0123456789ABCDEF";
    std::string plain;
    for (const auto letter : text) {
        const auto octet = static_cast<unsigned char>(letter);
        const bool kept = std::isalnum(octet) != 0 || letter == '-' || letter == '.' ||
                          letter == '_' || letter == '~';
        if (kept) {
            plain += letter;
        } else {
            plain += {'%', Digits[octet >> 4U], Digits[octet & 0x0FU]};
        }
    }
    return plain;
}

bool isDone(long status) {
    return status >= 200 && status < 300;
}

/// An answer that tells of this one letter, in words for people.
bool isRefusal(long status) {
    return status == 400 || status == 404 || status == 409 || status == 422;
}

Trust trustIn(const StationAddress& address) {
    return {address.authorities, {}, address.certificate, address.key};
}

}  // namespace

struct LettersDesk::Works {
    StationAddress address;
    Wire wire;

    [[noreturn]] void fail(const std::string& why) const {
        throw Failure{Fault::StationUnavailable, "the station at " + address.url + " " + why};
    }

    std::string wordsOf(const Reply& reply) const {
        auto words = problemIn(reply.body);
        return words.empty() ? "HTTP status " + std::to_string(reply.status) : words;
    }

    /// As often as the station says that it is asked too fast.
    template <typename Question>
    Reply ask(Question question) {
        for (int tries = 0;; ++tries) {
            auto outcome = question();
            const auto* reply = std::get_if<Reply>(&outcome);
            if (reply == nullptr || reply->status != TooMany || tries == MostTries)
                return answerIn(std::move(outcome));
            std::this_thread::sleep_for(Breath);
        }
    }

    /// Answers that are about us or about the station, not about a letter, end here.
    Reply answerIn(std::variant<Reply, Silence> outcome) const {
        if (const auto* silence = std::get_if<Silence>(&outcome))
            fail("does not answer: " + silence->why);
        auto& reply = std::get<Reply>(outcome);
        if (isDone(reply.status) || isRefusal(reply.status)) return std::move(reply);
        if (reply.status == 401 || reply.status == 403) {
            throw Failure{Fault::SettingUnusable, "the station at " + address.url +
                                                      " does not take our certificate " +
                                                      address.certificate + ": " + wordsOf(reply) +
                                                      "; its [api.roles] print-room must name us"};
        }
        fail("cannot do it now: " + wordsOf(reply));
    }

    Reply get(const std::string& path) {
        return ask([&] { return wire.get(address.url + path); });
    }

    Reply act(const LetterId& letter, const char* verb,
              const std::vector<std::pair<std::string, std::string>>& fields) {
        const auto octets = objectOf(fields);
        const auto url = address.url + "/v1/letters/" + escaped(letter.value()) + "/" + verb;
        return ask([&] {
            PlainOctets body{octets};
            return wire.post(url, Json, body);
        });
    }

    Answered answered(const Reply& reply) const {
        if (isDone(reply.status)) return {true, {}, false, false, noSheetIn(reply.body)};
        return {false, wordsOf(reply), reply.status == Conflict, reply.status == NotFound, {}};
    }
};

LettersDesk::LettersDesk(StationAddress address) {
    while (address.url.ends_with('/'))
        address.url.pop_back();
    Wire wire{trustIn(address), Connection::Kept, address.answerWithin};
    works_.reset(new Works{std::move(address), std::move(wire)});
}

LettersDesk::LettersDesk(LettersDesk&&) noexcept = default;
LettersDesk& LettersDesk::operator=(LettersDesk&&) noexcept = default;
LettersDesk::~LettersDesk() = default;

std::vector<ListedLetter> LettersDesk::list(const std::string& state) {
    std::vector<ListedLetter> all;
    std::string from;
    for (;;) {
        const auto reply = works_->get("/v1/letters?limit=" + std::to_string(PageSize) +
                                       (state.empty() ? "" : "&state=" + escaped(state)) +
                                       (from.empty() ? "" : "&after=" + escaped(from)));
        if (!isDone(reply.status)) throw Failure{Fault::RequestRefused, works_->wordsOf(reply)};
        auto page = lettersPageIn(reply.body);
        std::ranges::move(page.letters, std::back_inserter(all));
        if (!page.next || *page.next == from || page.letters.empty()) return all;
        from = *std::move(page.next);
    }
}

LettersDesk::Found LettersDesk::find(const LetterId& letter) {
    const auto reply = works_->get("/v1/letters/" + escaped(letter.value()));
    if (!isDone(reply.status)) return {std::nullopt, works_->wordsOf(reply)};
    return {letterIn(reply.body), {}};
}

std::optional<Bytes> LettersDesk::take(const LetterId& letter, const std::string& id,
                                       std::string& refusal) {
    auto reply = works_->act(letter, "take", {{"id", id}});
    if (!isDone(reply.status)) {
        refusal = works_->wordsOf(reply);
        return std::nullopt;
    }
    if (!reply.contentType.starts_with(LetterFile) || reply.body.empty())
        works_->fail("sent something other than a letter");
    return std::move(reply.body);
}

std::string LettersDesk::shortened(const std::string& reason) {
    if (reason.size() <= LongestReason) return reason;
    auto end = LongestReason;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U)
        --end;
    return reason.substr(0, end);
}

Answered LettersDesk::fetched(const LetterId& letter, const std::string& id) {
    return works_->answered(works_->act(letter, "fetched", {{"id", id}}));
}

Answered LettersDesk::giveBack(const LetterId& letter, const std::string& taken,
                               const std::string& reason) {
    return works_->answered(
        works_->act(letter, "give-back",
                    {{"id", "back-" + taken}, {"taken", taken}, {"reason", shortened(reason)}}));
}

Answered LettersDesk::printed(const LetterId& letter, const std::string& taken) {
    return works_->answered(
        works_->act(letter, "printed", {{"id", "printed-" + taken}, {"taken", taken}}));
}

Answered LettersDesk::uncertain(const LetterId& letter, const std::string& id,
                                const std::string& taken, const std::string& reason) {
    std::vector<std::pair<std::string, std::string>> fields{{"id", id},
                                                            {"reason", shortened(reason)}};
    if (!taken.empty()) fields.emplace_back("taken", taken);
    return works_->answered(works_->act(letter, "uncertain", fields));
}

Answered LettersDesk::settle(const LetterId& letter, const std::string& id,
                             const std::string& outcome, const std::string& reason) {
    return works_->answered(
        works_->act(letter, "settle", {{"id", id}, {"outcome", outcome}, {"reason", reason}}));
}

Answered LettersDesk::posted(const LetterId& letter, const std::string& id) {
    return works_->answered(works_->act(letter, "posted", {{"id", id}}));
}

}  // namespace zegel::press

#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/ids.h"
#include "pinmailer/press/wire/wire.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zegel::press {

/// Where the station's API is, and what proves who we are (role print-room). PEM files.
struct StationAddress {
    std::string url;          ///< "https://station.example:8443"
    std::string authorities;  ///< the API's certificate leads to one of these
    std::string certificate;  ///< ours
    std::string key;
    std::chrono::milliseconds answerWithin{30'000};
};

/// A letter as the station tells of it: no name, no order, no number.
struct ListedLetter {
    LetterId letter;
    std::string state;  ///< as the station spells it: "released", "printed-uncertain"
    std::string templateName;
    std::string language;
    std::string carrier;
    std::string changed;  ///< RFC 3339
    std::string reason;
    int edition = 1;
    std::string noSheet{};  ///< why none is to be made of it; told of one letter, in no list
};

/// What the station said to an act.
struct Answered {
    bool agreed = false;
    std::string words;       ///< why not
    bool otherwise = false;  ///< not agreed: the letter is past this in the station already (409)
    bool unknown = false;    ///< not agreed: the station knows no such letter (404)
    std::string noSheet{};   ///< agreed, and yet its sheet is to be destroyed: why
};

/// The letters as the station's API offers them to the print room (station/api/openapi.json). Every
/// act carries an id: the same again changes nothing, so after a lost answer it may be repeated.
/// For one thread. Errors of every call: StationUnavailable when no answer came, or none that can
/// be understood, or the station itself is at fault; SettingUnusable when it does not take our
/// certificate for a print room's.
class LettersDesk {
public:
    explicit LettersDesk(StationAddress address);
    LettersDesk(LettersDesk&&) noexcept;
    LettersDesk& operator=(LettersDesk&&) noexcept;
    LettersDesk(const LettersDesk&) = delete;
    LettersDesk& operator=(const LettersDesk&) = delete;
    ~LettersDesk();

    /// All letters in a state (empty: in any), in the station's order, which is the envelopes'.
    /// Errors: RequestRefused for a state that is none.
    std::vector<ListedLetter> list(const std::string& state);
    struct Found {
        std::optional<ListedLetter> letter;
        std::string refusal;  ///< why there is none
    };
    /// Nothing when the station knows no such letter.
    Found find(const LetterId& letter);

    /// The signed letter file, codes sealed; from now on it is ours to print. Nothing, and why in
    /// `refusal`, when the letter cannot be had.
    std::optional<Bytes> take(const LetterId& letter, const std::string& id, std::string& refusal);

    /// A letter whose file came out of the station's folder; from now on it is ours to print.
    Answered fetched(const LetterId& letter, const std::string& id);

    /// `taken`: the id of the take or fetch that this is about; uncertain: empty where nobody
    /// knows.
    Answered giveBack(const LetterId& letter, const std::string& taken, const std::string& reason);
    Answered printed(const LetterId& letter, const std::string& taken);
    Answered uncertain(const LetterId& letter, const std::string& id, const std::string& taken,
                       const std::string& reason);
    /// `outcome`: "printed" or "spoiled".
    Answered settle(const LetterId& letter, const std::string& id, const std::string& outcome,
                    const std::string& reason);
    Answered posted(const LetterId& letter, const std::string& id);

    /// At most as many octets as the station takes of a reason, and no half character (RFC 3629).
    static std::string shortened(const std::string& reason);

private:
    struct Works;
    std::unique_ptr<Works> works_;
};

}  // namespace zegel::press

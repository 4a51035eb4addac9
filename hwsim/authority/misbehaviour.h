#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::hwsim {

/// What can go wrong with a CA, as far as its client can see it.
enum class Mischief {
    None,
    Down,              ///< takes the connection and closes it without a word
    Unavailable,       ///< HTTP 503
    Slow,              ///< answers after `amount` milliseconds
    Waiting,           ///< says "waiting" for `amount` polls, then issues
    Refuse,            ///< rejection, failInfo badCertTemplate
    NotAuthorised,     ///< rejection, failInfo notAuthorized
    SystemFailure,     ///< rejection, failInfo systemFailure
    AnotherKey,        ///< the certificate holds a key nobody asked for
    WrongSubject,      ///< another common name
    MissingAttribute,  ///< no organizationIdentifier in the subject
    Expired,           ///< the certificate ended yesterday
    NotYetValid,       ///< the certificate starts tomorrow
    TooLong,           ///< the certificate is valid for ten years
    WrongKeyUsage,     ///< nonRepudiation as well
    WrongExtendedKeyUsage,
    WrongPolicy,
    ForeignIssuer,         ///< signed by a CA of the same name with another key
    AuthorityCertificate,  ///< the certificate is a CA's
    Sha1Certificate,       ///< signed with SHA-1
    ExpiredSigner,         ///< the certificate behind the message protection has ended
    StrangerSigner,        ///< messages protected by an ordinary certificate under the CA
    Sha1Protection,        ///< messages protected with SHA-1
    LostAnswer,            ///< issues, then drops the connection
    LostConfirmation,      ///< takes the confirmation, then drops the connection
    AlreadyConfirmed,      ///< takes the confirmation and answers certConfirmed
    LostRevocation,        ///< revokes, then drops the connection
    Garbage                ///< octets that are no CMP message
};

/// What to do, how much of it, and for how many requests.
struct Misbehaviour {
    Mischief mischief = Mischief::None;
    int amount = 0;     ///< milliseconds or polls
    int times = 0;      ///< 0: until told otherwise
    int skipFirst = 0;  ///< behave for this many requests first
};

std::string_view nameOf(Mischief mischief) noexcept;

/// "slow 2000", "lost-answer once", "refuse 2 times after 3", "none".
/// Nothing when it cannot be understood.
std::optional<Misbehaviour> misbehaviourFrom(const std::string& text);

/// All names with what they do, for --help.
std::string listOfMischief();

/// The current misbehaviour, shared by all connections.
class Temper {
public:
    void set(const Misbehaviour& misbehaviour);
    /// What to do for the next request; counts it.
    Misbehaviour next();
    /// What is set, without counting.
    Misbehaviour current() const;

private:
    mutable std::mutex mutex_;
    Misbehaviour set_;
    int done_ = 0;
    int seen_ = 0;
};

}  // namespace zegel::hwsim

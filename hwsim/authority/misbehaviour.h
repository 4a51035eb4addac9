#pragma once

#include "hwsim/server/mischief.h"

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

using Misbehaviour = MisbehaviourOf<Mischief>;
using Temper = TemperOf<Mischief>;

/// By their words.
extern const MischiefTable<Mischief> AuthorityMischief;

}  // namespace zegel::hwsim

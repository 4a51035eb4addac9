#include "hwsim/authority/misbehaviour.h"

#include <array>

namespace zegel::hwsim {
namespace {

using Word = MischiefWord<Mischief>;

constexpr std::array Words{
    Word{Mischief::None, "none", "behaves"},
    Word{Mischief::Down, "down", "closes every connection without a word"},
    Word{Mischief::Unavailable, "unavailable", "HTTP 503"},
    Word{Mischief::Slow, "slow", "slow N: answers after N milliseconds", Takes::Amount},
    Word{Mischief::Waiting, "waiting", "waiting N: issues after N polls", Takes::Amount},
    Word{Mischief::Refuse, "refuse", "rejects with badCertTemplate"},
    Word{Mischief::NotAuthorised, "not-authorised", "rejects with notAuthorized"},
    Word{Mischief::SystemFailure, "system-failure", "rejects with systemFailure"},
    Word{Mischief::AnotherKey, "another-key", "certifies a key nobody asked for"},
    Word{Mischief::WrongSubject, "wrong-subject", "changes the common name"},
    Word{Mischief::MissingAttribute, "missing-attribute", "drops organizationIdentifier"},
    Word{Mischief::Expired, "expired", "the certificate ended yesterday"},
    Word{Mischief::NotYetValid, "not-yet-valid", "the certificate starts tomorrow"},
    Word{Mischief::TooLong, "too-long", "the certificate is valid for ten years"},
    Word{Mischief::WrongKeyUsage, "wrong-key-usage", "adds nonRepudiation"},
    Word{Mischief::WrongExtendedKeyUsage, "wrong-extended-key-usage", "says emailProtection"},
    Word{Mischief::WrongPolicy, "wrong-policy", "says another certificate policy"},
    Word{Mischief::ForeignIssuer, "foreign-issuer", "signs with a CA key nobody knows"},
    Word{Mischief::AuthorityCertificate, "authority-certificate", "issues a CA certificate"},
    Word{Mischief::Sha1Certificate, "sha1-certificate", "signs the certificate with SHA-1"},
    Word{Mischief::ExpiredSigner, "expired-signer", "protects messages by an expired certificate"},
    Word{Mischief::StrangerSigner, "stranger-signer",
         "protects messages by an ordinary certificate of its own"},
    Word{Mischief::Sha1Protection, "sha1-protection", "protects messages with SHA-1"},
    Word{Mischief::LostAnswer, "lost-answer", "issues, then drops the connection"},
    Word{Mischief::LostConfirmation, "lost-confirmation",
         "takes the confirmation, then drops the connection"},
    Word{Mischief::AlreadyConfirmed, "already-confirmed",
         "takes the confirmation and answers certConfirmed"},
    Word{Mischief::LostRevocation, "lost-revocation", "revokes, then drops the connection"},
    Word{Mischief::Garbage, "garbage", "answers octets that are no CMP message"},
};

}  // namespace

constinit const MischiefTable<Mischief> AuthorityMischief{Words};

}  // namespace zegel::hwsim

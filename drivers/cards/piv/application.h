#pragma once

#include "drivers/base/secret.h"
#include "drivers/cards/piv/references.h"
#include "drivers/channel/channel.h"

#include <optional>
#include <string_view>

namespace zegel::piv {

/// What GET METADATA of the administration extension tells of a key or code.
struct Metadata {
    std::optional<std::uint8_t> algorithm;
    bool hasKey = false;            ///< a public key stands in the slot
    std::optional<bool> isFactory;  ///< still the published default (80, 81, 9B)
    std::optional<int> triesLeft;   ///< 80, 81
};

/// The PIV card application over a channel that carries any length: one verb per command, nothing
/// remembered but whether the chip offers GET METADATA. Verbs that give a status word leave its
/// meaning to the caller; the others throw.
///
/// Errors of the verbs without a status word: CardRefused naming the command and the status;
/// CardUntrusted when the answer cannot be read.
/// Source: [SP 800-73-5] part 2; the administration extension (00 F6 … 00 FF) as yubico-piv-tool
/// and PivApplet speak it.
class Application {
public:
    explicit Application(drivers::Channel& channel) : channel_(channel) {}

    /// All security status is lost. Gives what stands inside the application property template
    /// (61); nothing when it is another application that answers.
    iso7816::ResponseApdu select();

    /// Nothing when the chip has no such command.
    std::optional<Version> version();
    std::optional<Bytes> serial();
    /// Nothing when the chip has no such command, or nothing at this reference.
    std::optional<Metadata> metadata(std::uint8_t reference);
    bool offersMetadata() const noexcept { return offersMetadata_; }

    /// What stands inside 53; nothing when the object is absent or empty.
    std::optional<Bytes> object(iso7816::Tag tag);
    iso7816::StatusWord putObject(iso7816::Tag tag, ByteView content);

    /// An empty `code` asks for the tries left. Codes are eight octets, padded.
    iso7816::StatusWord verify(const SecretBytes& code);
    iso7816::StatusWord changeCode(CodeReference reference, const SecretBytes& from,
                                   const SecretBytes& to);
    iso7816::StatusWord unblock(const SecretBytes& puk, const SecretBytes& newPin);
    iso7816::StatusWord setTries(int pin, int puk);

    /// Data: 7F49 template of the public key.
    iso7816::ResponseApdu generate(Slot slot, AlgorithmId algorithm);
    iso7816::StatusWord importKey(Slot slot, AlgorithmId algorithm, const SecretBytes& parts);
    iso7816::ResponseApdu attest(Slot slot);

    /// `request` stands inside 7C. `body` Withheld also keeps the answer out of transcripts.
    iso7816::ResponseApdu authenticate(
        std::uint8_t algorithm, Slot slot, ByteView request,
        iso7816::CommandApdu::Body body = iso7816::CommandApdu::Body::Shown);
    iso7816::StatusWord setManagementKey(std::uint8_t algorithm, const SecretBytes& key);
    iso7816::StatusWord reset();

private:
    iso7816::ResponseApdu ask(iso7816::Header header, ByteView data = {});
    iso7816::StatusWord tell(iso7816::Header header, const SecretBytes& data);

    drivers::Channel& channel_;
    bool offersMetadata_ = true;
};

/// "the chip refused PUT DATA: 6A84 (not enough memory)".
Failure refusal(std::string_view command, iso7816::StatusWord status,
                Fault fault = Fault::CardRefused, Origin origin = Origin::here());

/// A PIN or PUK as the chip takes it: eight octets, padded with FF ([SP 800-73-5] part 2, 2.4.3).
/// Errors: Defect above eight.
SecretBytes padded(const SecretBytes& code);

}  // namespace zegel::piv

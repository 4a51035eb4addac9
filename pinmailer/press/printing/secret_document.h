#pragma once

#include "drivers/base/secret.h"
#include "pinmailer/press/wire/wire.h"

#include <vector>

namespace zegel::press {

/// A document with live codes, in memory and nowhere else: in pieces that are wiped when it dies.
class SecretDocument {
public:
    void append(ByteView octets);
    std::size_t size() const noexcept { return size_; }

    /// Copies from `from` on into `out`; how many.
    std::size_t copy(std::size_t from, std::span<std::uint8_t> out) const;

    /// Hands it out piece by piece, to be written somewhere at a person's wish.
    template <typename Use>
    void forEachPiece(Use&& use) const {
        for (std::size_t at = 0; at < pieces_.size(); ++at) {
            const auto length = std::min(PieceOctets, size_ - at * PieceOctets);
            pieces_[at].disclose(Disclosure::ToPaper,
                                 [&](ByteView octets) { use(octets.first(length)); });
        }
    }

private:
    static constexpr std::size_t PieceOctets = 16384;

    std::vector<SecretBytes> pieces_;  // each of PieceOctets
    std::size_t size_ = 0;
};

/// Octets before it, then the document, once.
class DocumentBehind final : public Outgoing {
public:
    DocumentBehind(ByteView before, const SecretDocument& document) noexcept
        : before_(before), document_(document) {}

    std::size_t size() const override { return before_.size() + document_.size(); }
    std::size_t read(std::span<std::uint8_t> out) override;
    bool rewind() override { return at_ == 0; }

    /// Whether anything was handed out.
    bool begun() const noexcept { return at_ > 0; }

private:
    ByteView before_;
    const SecretDocument& document_;
    std::size_t at_ = 0;
};

}  // namespace zegel::press

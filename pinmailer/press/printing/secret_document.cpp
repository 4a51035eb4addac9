#include "pinmailer/press/printing/secret_document.h"

#include <algorithm>

namespace zegel::press {

void SecretDocument::append(ByteView octets) {
    while (!octets.empty()) {
        const auto used = size_ % PieceOctets;
        if (used == 0) pieces_.emplace_back(PieceOctets);
        const auto some = octets.first(std::min(octets.size(), PieceOctets - used));
        pieces_.back().fill([&](std::span<std::uint8_t> piece) {
            std::ranges::copy(some, piece.subspan(used).begin());
        });
        size_ += some.size();
        octets = octets.subspan(some.size());
    }
}

std::size_t SecretDocument::copy(std::size_t from, std::span<std::uint8_t> out) const {
    std::size_t copied = 0;
    while (copied < out.size() && from + copied < size_) {
        const auto at = from + copied;
        const auto inside = at % PieceOctets;
        const auto length = std::min({out.size() - copied, PieceOctets - inside, size_ - at});
        pieces_[at / PieceOctets].disclose(Disclosure::ToPaper, [&](ByteView octets) {
            std::ranges::copy(octets.subspan(inside, length), out.subspan(copied).begin());
        });
        copied += length;
    }
    return copied;
}

std::size_t DocumentBehind::read(std::span<std::uint8_t> out) {
    std::size_t given = 0;
    if (at_ < before_.size()) {
        const auto some = before_.subspan(at_, std::min(out.size(), before_.size() - at_));
        std::ranges::copy(some, out.begin());
        given = some.size();
    }
    if (given < out.size() && at_ + given >= before_.size())
        given += document_.copy(at_ + given - before_.size(), out.subspan(given));
    at_ += given;
    return given;
}

}  // namespace zegel::press

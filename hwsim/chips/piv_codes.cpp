#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_chip.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace zegel::hwsim {
namespace {

constexpr std::uint8_t PinReference = 0x80;
constexpr std::uint8_t PukReference = 0x81;
constexpr std::size_t CodeLength = 8;
constexpr std::size_t ShortestCode = 6;

/// Six to eight octets, then FF. Source: SP 800-73-4 part 2, 2.4.3.
bool isPadded(ByteView code) {
    const auto padding = std::ranges::find(code, 0xFF);
    return code.size() == CodeLength && padding - code.begin() >= std::ptrdiff_t{ShortestCode} &&
           std::all_of(padding, code.end(), [](std::uint8_t octet) { return octet == 0xFF; });
}

bool isDigitOrPadding(std::uint8_t octet) {
    return octet == 0xFF || (octet >= '0' && octet <= '9');
}

/// All the same, or a run up or down: what a chip with a complexity rule turns down.
bool isTrivial(ByteView padded) {
    const ByteView code =
        padded.first(static_cast<std::size_t>(std::ranges::find(padded, 0xFF) - padded.begin()));
    for (const int step : {0, 1, -1}) {
        const auto breaks = std::ranges::adjacent_find(
            code, [step](int left, int right) { return right - left != step; });
        if (breaks == code.end()) return true;
    }
    return false;
}

}  // namespace

/// Spends a try first, so that pulling the plug cannot win one back. Nothing when they match.
std::optional<Status> PivChip::compare(Code& code, ByteView presented) {
    if (code.left == 0) return Status::Blocked;
    --code.left;
    remember();
    if (presented.size() != code.value.size() ||
        CRYPTO_memcmp(presented.data(), code.value.data(), presented.size()) != 0) {
        return triesLeft(code.left);
    }
    code.left = code.tries;
    return std::nullopt;
}

std::optional<Status> PivChip::refusalOf(ByteView newCode) const {
    if (!isPadded(newCode)) return Status::WrongData;
    if (memory_.model.digitsOnly && !std::ranges::all_of(newCode, isDigitOrPadding)) {
        return Status::WrongData;
    }
    if (memory_.model.refusesTrivialCodes && isTrivial(newCode)) return Status::Conditions;
    return std::nullopt;
}

/// Source: SP 800-73-4 part 2, 3.2.1.
Answer PivChip::verify(const CommandFrame& frame) {
    if (frame.p1 != 0x00 && frame.p1 != 0xFF) return {Status::WrongP1P2};
    if (frame.p2 != PinReference) return {Status::NoSuchReference};
    if (frame.p1 == 0xFF) {
        if (!frame.data.empty()) return {Status::WrongData};
        session_.pinVerified = session_.pinFresh = false;
        return {Status::Ok};
    }
    if (frame.data.empty()) {
        if (session_.pinVerified) return {Status::Ok};
        if (memory_.pin.left == 0) return {Status::Blocked};
        return {triesLeft(memory_.pin.left)};
    }
    // A code of impossible shape may be refused without spending a try (3.2.1); with chips that
    // take any octets only the length can be impossible.
    if (frame.data.size() != CodeLength) return {Status::WrongData};
    if (memory_.model.digitsOnly &&
        (!isPadded(frame.data) || !std::ranges::all_of(frame.data, isDigitOrPadding))) {
        return {Status::WrongData};
    }
    session_.pinVerified = session_.pinFresh = false;
    if (const auto refused = compare(memory_.pin, frame.data)) return {*refused};
    session_.pinVerified = session_.pinFresh = true;
    return {Status::Ok};
}

/// Source: SP 800-73-4 part 2, 3.2.2.
Answer PivChip::changeReference(const CommandFrame& frame) {
    if (frame.p1 != 0x00) return {Status::WrongP1P2};
    if (frame.p2 != PinReference && frame.p2 != PukReference) return {Status::NoSuchReference};
    if (frame.data.size() != 2 * CodeLength) return {Status::WrongData};
    const ByteView data{frame.data};
    Code& code = frame.p2 == PinReference ? memory_.pin : memory_.puk;
    if (code.left == 0) return {Status::Blocked};
    if (const auto refused = refusalOf(data.last(CodeLength))) return {*refused};
    if (frame.p2 == PinReference) session_.pinVerified = session_.pinFresh = false;
    if (const auto refused = compare(code, data.first(CodeLength))) return {*refused};
    code.value.assign(data.begin() + CodeLength, data.end());
    if (frame.p2 == PinReference) session_.pinVerified = session_.pinFresh = true;
    return {Status::Ok};
}

/// Source: SP 800-73-4 part 2, 3.2.3: the status of the PIN does not change.
Answer PivChip::resetRetryCounter(const CommandFrame& frame) {
    if (frame.p1 != 0x00) return {Status::WrongP1P2};
    if (frame.p2 != PinReference) return {Status::NoSuchReference};
    if (frame.data.size() != 2 * CodeLength) return {Status::WrongData};
    const ByteView data{frame.data};
    if (memory_.puk.left == 0) return {Status::Blocked};
    if (const auto refused = refusalOf(data.last(CodeLength))) return {*refused};
    if (const auto refused = compare(memory_.puk, data.first(CodeLength))) return {*refused};
    memory_.pin.value.assign(data.begin() + CodeLength, data.end());
    memory_.pin.left = memory_.pin.tries;
    return {Status::Ok};
}

/// P1 tries for the PIN, P2 for the PUK; both codes become the factory's.
Answer PivChip::setRetries(const CommandFrame& frame) {
    if (!session_.management || !session_.pinVerified) return {Status::SecurityStatus};
    if (frame.p1 == 0 || frame.p2 == 0 || !frame.data.empty()) return {Status::WrongData};
    memory_.pin = {factoryPin(), frame.p1, frame.p1};
    memory_.puk = {factoryPuk(), frame.p2, frame.p2};
    session_.pinVerified = session_.pinFresh = false;
    remember();
    return {Status::Ok};
}

}  // namespace zegel::hwsim

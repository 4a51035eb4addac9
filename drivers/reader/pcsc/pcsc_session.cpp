#include "drivers/reader/pcsc/pcsc_session.h"

#include "drivers/reader/pcsc/pcsc_properties.h"

#include <openssl/crypto.h>
#include <reader.h>
#include <winscard.h>

#include <algorithm>
#include <array>
#include <utility>

namespace zegel::drivers {
namespace {

constexpr DWORD AnyProtocol = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;
constexpr std::size_t LongestAnswer = iso7816::CommandApdu::AllExtended + 2;
constexpr std::size_t TrailerSize = 2;
/// What a short APDU carries; a reader that takes more takes extended ones.
constexpr std::uint32_t LongestShortApdu = 261;

/// In T=0 a command with data carries no Le; the card says 61xx (ISO/IEC 7816-3:2006, 12.2.1).
ByteView asT0(const iso7816::CommandApdu& command, ByteView octets) {
    const bool dataAndLe = command.dataSize() > 0 && command.expected() > 0;
    return dataAndLe && !command.isExtended() ? octets.first(octets.size() - 1) : octets;
}

}  // namespace

PcscSession::PcscSession(std::shared_ptr<PcscContext> context, ReaderName reader)
    : context_(std::move(context)), reader_(std::move(reader)), answer_(LongestAnswer) {
    expect(SCardConnect(context_->handle(), reader_.value().c_str(), SCARD_SHARE_EXCLUSIVE,
                        AnyProtocol, &card_, &protocol_),
           "connect to the card in ");
    try {
        begin();
        carriesExtended_ = askCarriesExtended();
    } catch (...) {
        SCardDisconnect(card_, SCARD_UNPOWER_CARD);
        throw;
    }
}

PcscSession::~PcscSession() {
    SCardEndTransaction(card_, SCARD_LEAVE_CARD);
    SCardDisconnect(card_, SCARD_UNPOWER_CARD);
}

void PcscSession::begin() {
    expect(SCardBeginTransaction(card_), "keep to ourselves the card in ");
    readAtr();
}

void PcscSession::readAtr() {
    std::array<BYTE, MAX_ATR_SIZE> atr{};
    DWORD length = atr.size();
    DWORD nameLength = 0;
    expect(SCardStatus(card_, nullptr, &nameLength, nullptr, nullptr, atr.data(), &length),
           "read the answer to reset of the card in ");
    atr_.assign(atr.begin(), atr.begin() + static_cast<std::ptrdiff_t>(length));
}

std::optional<bool> PcscSession::askCarriesExtended() {
    if (protocol_ == SCARD_PROTOCOL_T0) return false;
    const auto features = control(CM_IOCTL_GET_FEATURE_REQUEST);
    const auto code = features ? featureCode(*features, FEATURE_GET_TLV_PROPERTIES) : std::nullopt;
    const auto properties = code ? control(*code) : std::nullopt;
    const auto most = properties
                          ? readerProperty(*properties, PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize)
                          : std::nullopt;
    if (!most) return std::nullopt;
    return *most > LongestShortApdu;
}

std::optional<Bytes> PcscSession::control(DWORD code) const {
    Bytes told(MAX_BUFFER_SIZE);
    DWORD length = 0;
    const auto result = SCardControl(card_, code, nullptr, 0, told.data(),
                                     static_cast<DWORD>(told.size()), &length);
    if (result != SCARD_S_SUCCESS) return std::nullopt;
    told.resize(length);
    return told;
}

iso7816::ResponseApdu PcscSession::transmit(const iso7816::CommandApdu& command) {
    DWORD received = 0;
    const auto result = command.encoded().disclose(Disclosure::ToChip, [&](ByteView octets) {
        return send(protocol_ == SCARD_PROTOCOL_T0 ? asT0(command, octets) : octets, received);
    });
    if (result != SCARD_S_SUCCESS) failExchange(result);
    if (received < TrailerSize) {
        throw Failure{Fault::CardPulled, "the card in " + reader_.value() +
                                             " answered nothing; it was pulled or is broken"};
    }
    const auto end = answer_.begin() + static_cast<std::ptrdiff_t>(received - TrailerSize);
    iso7816::ResponseApdu response{Bytes(answer_.begin(), end),
                                   iso7816::StatusWord{*end, *(end + 1)}};
    OPENSSL_cleanse(answer_.data(), received);
    return response;
}

LONG PcscSession::send(ByteView octets, DWORD& received) {
    received = static_cast<DWORD>(answer_.size());
    const auto* frame = protocol_ == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    return SCardTransmit(card_, frame, octets.data(), static_cast<DWORD>(octets.size()), nullptr,
                         answer_.data(), &received);
}

/// "Not transacted" is all that a reader may say when its card, or it itself, was pulled out in
/// the middle: ask once more what became of the card.
void PcscSession::failExchange(LONG error) {
    static constexpr const char* Doing = "exchange a command with the card in ";
    if (error == SCARD_E_NOT_TRANSACTED || error == SCARD_F_COMM_ERROR) {
        DWORD nameLength = 0;
        DWORD state = 0;
        const auto now =
            SCardStatus(card_, nullptr, &nameLength, &state, nullptr, nullptr, nullptr);
        if (now != SCARD_S_SUCCESS) {
            error = now;
        } else if ((state & SCARD_ABSENT) != 0 || error == SCARD_E_NOT_TRANSACTED) {
            error = SCARD_W_REMOVED_CARD;
        }
    }
    expect(error, Doing);
    throw Failure{Fault::Defect, "a failed exchange without an error"};
}

void PcscSession::powerCycle() {
    expect(SCardEndTransaction(card_, SCARD_LEAVE_CARD), "let go of the card in ");
    expect(
        SCardReconnect(card_, SCARD_SHARE_EXCLUSIVE, AnyProtocol, SCARD_UNPOWER_CARD, &protocol_),
        "power down and up the card in ");
    begin();
}

void PcscSession::expect(LONG result, const char* doing) {
    if (result != SCARD_S_SUCCESS) context_->fail(result, doing + reader_.value());
}

}  // namespace zegel::drivers

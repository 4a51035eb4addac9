#pragma once

#include "drivers/base/ids.h"
#include "drivers/reader/pcsc/pcsc_context.h"
#include "drivers/reader/reader.h"

#include <memory>

namespace zegel::drivers {

/// Exclusive connect and one transaction over pcsc-lite, until it is destroyed; then the chip is
/// without power.
class PcscSession final : public CardSession {
public:
    /// The context is the calling thread's. Errors: as Reader::connect.
    PcscSession(std::shared_ptr<PcscContext> context, ReaderName reader);
    ~PcscSession() override;
    PcscSession(const PcscSession&) = delete;
    PcscSession& operator=(const PcscSession&) = delete;

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;
    const Bytes& atr() const noexcept override { return atr_; }
    std::optional<bool> carriesExtended() const noexcept override { return carriesExtended_; }
    void powerCycle() override;

private:
    void begin();
    void readAtr();
    std::optional<bool> askCarriesExtended();
    std::optional<Bytes> control(DWORD code) const;
    void expect(LONG result, const char* doing);
    [[noreturn]] void failExchange(LONG error);
    LONG send(ByteView octets, DWORD& received);

    std::shared_ptr<PcscContext> context_;
    ReaderName reader_;
    SCARDHANDLE card_ = 0;
    DWORD protocol_ = SCARD_PROTOCOL_UNDEFINED;
    Bytes atr_;
    std::optional<bool> carriesExtended_;
    Bytes answer_;  ///< room for the longest
};

}  // namespace zegel::drivers

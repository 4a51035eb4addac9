#include "drivers/cards/registry.h"

#include "drivers/base/hex.h"
#include "drivers/cards/piv_driver.h"

#include <string>

namespace zegel::cards {

std::unique_ptr<CardDriver> recognise(drivers::Channel& channel, ByteView atr) {
    iso7816::StatusWord answer = iso7816::sw::Ok;
    if (auto piv = PivDriver::meet(channel, answer)) return piv;
    const auto heard =
        answer == iso7816::sw::Ok ? "by an application that is not PIV" : describe(answer);
    throw Failure{Fault::CardUnsuitable,
                  "no card family this station knows (PIV): SELECT of the PIV application was "
                  "answered " +
                      heard + "; ATR " + toHex(atr) + ". Take a card of another kind"};
}

}  // namespace zegel::cards

#include "drivers/reader/pcsc/pcsc_context.h"

#include <gmock/gmock.h>

namespace zegel::drivers {
namespace {

using testing::HasSubstr;

// Every one of pcsc-lite's errors (pcsclite.h) that a session, a reader or a watch can meet.
TEST(PcscFailure, saysWhatAnErrorMeansToUs) {
    for (const auto error : {SCARD_E_NO_SERVICE, SCARD_E_SERVICE_STOPPED, SCARD_E_INVALID_HANDLE,
                             SCARD_F_COMM_ERROR, SCARD_F_INTERNAL_ERROR}) {
        EXPECT_TRUE(isServiceGone(error));
        EXPECT_EQ(failureOf(error, "").fault(), Fault::ReaderUnavailable);
    }
    for (const auto error :
         {SCARD_E_NO_SMARTCARD, SCARD_W_REMOVED_CARD, SCARD_W_RESET_CARD, SCARD_W_UNRESPONSIVE_CARD,
          SCARD_W_UNPOWERED_CARD, SCARD_W_UNSUPPORTED_CARD, SCARD_E_PROTO_MISMATCH}) {
        EXPECT_FALSE(isServiceGone(error));
        EXPECT_EQ(failureOf(error, "").fault(), Fault::CardPulled);
    }
    for (const auto error :
         {SCARD_E_SHARING_VIOLATION, SCARD_E_UNKNOWN_READER, SCARD_E_READER_UNAVAILABLE}) {
        EXPECT_EQ(failureOf(error, "").fault(), Fault::ReaderUnavailable);
    }
}

TEST(PcscFailure, saysWhatToDo) {
    EXPECT_THAT(failureOf(SCARD_E_NO_SERVICE, "list the readers").what(),
                HasSubstr("cannot list the readers: the PC/SC service is not running"));
    EXPECT_THAT(failureOf(SCARD_E_SHARING_VIOLATION, "").what(), HasSubstr("another program"));
    EXPECT_THAT(failureOf(SCARD_W_UNRESPONSIVE_CARD, "").what(), HasSubstr("mute"));
    EXPECT_THAT(failureOf(SCARD_W_RESET_CARD, "").what(), HasSubstr("reset"));
}

}  // namespace
}  // namespace zegel::drivers

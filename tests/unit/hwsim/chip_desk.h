#pragma once

#include "drivers/base/hex.h"
#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_chip.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace zegel::hwsim {

/// A chip under power, spoken to in hexadecimal.
class ChipDesk {
public:
    explicit ChipDesk(std::string_view model = "5.4", std::uint32_t serial = 4711)
        : chip(blankPivChip(model, serial)) {
        chip->powerOn();
    }

    std::string say(const std::string& hex) {
        const auto octets = fromHex(hex);
        if (!octets) {
            ADD_FAILURE() << "not hexadecimal: " << hex;
            return {};
        }
        return toHex(chip->exchange(*octets));
    }

    /// Any length of data, in chained short commands; the answer with all its 61xx fetched.
    std::string sayLong(const std::string& header, const Bytes& data) {
        const Bytes head = *fromHex(header);
        ByteView rest = data;
        while (rest.size() > 255) {
            Bytes link{0x10, head[1], head[2], head[3], 255};
            link.insert(link.end(), rest.begin(), rest.begin() + 255);
            if (const Bytes answer = chip->exchange(link); toHex(answer) != "9000") {
                return toHex(answer);
            }
            rest = rest.subspan(255);
        }
        Bytes last{head[0], head[1], head[2], head[3], static_cast<std::uint8_t>(rest.size())};
        last.insert(last.end(), rest.begin(), rest.end());
        last.push_back(0);
        return fetched(chip->exchange(last));
    }

    std::string fetched(Bytes answer) {
        Bytes whole;
        while (answer.size() >= 2 && answer[answer.size() - 2] == 0x61) {
            whole.insert(whole.end(), answer.begin(), answer.end() - 2);
            answer = chip->exchange(Bytes{0x00, 0xC0, 0x00, 0x00, answer.back()});
        }
        whole.insert(whole.end(), answer.begin(), answer.end());
        return toHex(whole);
    }

    void select() { EXPECT_TRUE(say("00A4040005A00000030800").ends_with("9000")); }

    std::string verify(std::string_view pin = "313233343536FFFF") {
        return say("0020008008" + std::string(pin));
    }

    /// Mutual authentication with the key the chip has now.
    void authenticate() {
        const ManagementKey& key = chip->memory().management;
        const std::size_t block = blockLength(key.algorithm);
        const std::string algorithm = toHex(Bytes{key.algorithm});
        say("0087" + algorithm + "9B047C0281000000");
        const Bytes answer = *fromHex(say("0087" + algorithm + "9B047C02810000"));
        const Bytes response =
            encryptBlock(key.algorithm, key.value, ByteView{answer}.subspan(4, block));
        const auto lengths = [&](std::size_t more) {
            return toHex(Bytes{static_cast<std::uint8_t>(block + more)});
        };
        EXPECT_EQ(say("0087" + algorithm + "9B" + lengths(4) + "7C" + lengths(2) + "82" +
                      lengths(0) + toHex(response)),
                  "9000");
    }

    void open() {
        select();
        authenticate();
        EXPECT_EQ(verify(), "9000");
    }

    std::shared_ptr<PivChip> chip;
};

}  // namespace zegel::hwsim

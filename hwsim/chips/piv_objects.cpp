#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_chip.h"

#include <algorithm>

namespace zegel::hwsim {
namespace {

constexpr std::uint32_t ObjectTag = 0x53;
constexpr std::uint32_t Discovery = 0x7E;
constexpr std::uint32_t BiometricGroup = 0x7F61;

/// SP 800-73-4 part 1, table 2: read after the PIN.
constexpr std::uint32_t PinProtected[] = {0x5FC109, 0x5FC103, 0x5FC108, 0x5FC121};

std::uint32_t numberOf(ByteView tag) {
    std::uint32_t number = 0;
    for (const std::uint8_t octet : tag) {
        number = number << 8 | octet;
    }
    return number;
}

/// Containers of SP 800-73-4 part 1, 4.3, and, on chips with the extension, the maker's own.
bool isContainer(std::uint32_t tag, const PivModel& model) {
    if (tag == BiometricGroup || (tag >= 0x5FC101 && tag <= 0x5FC123)) return true;
    return model.administers && (tag >> 16) == 0x5F;
}

/// SP 800-73-4 part 1, 3.3.2: the AID, and that the PIV PIN alone opens the application.
Bytes discoveryObject() {
    Bytes content;
    appendDataObject(content, 0x4F,
                     Bytes{0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00});
    appendDataObject(content, 0x5F2F, Bytes{0x40, 0x00});
    return dataObject(Discovery, content);
}

}  // namespace

/// Source: SP 800-73-4 part 2, 3.1.2.
Answer PivChip::getData(const CommandFrame& frame) const {
    if (frame.p1 != 0x3F || frame.p2 != 0xFF) return {Status::WrongP1P2};
    const auto request = readDataObjects(frame.data);
    if (!request || request->size() != 1 || request->front().tag != 0x5C) {
        return {Status::WrongData};
    }
    const ByteView name = request->front().value;
    if (name.empty() || name.size() > 3) return {Status::WrongData};
    const std::uint32_t tag = numberOf(name);
    if (tag == Discovery) return {Status::Ok, discoveryObject()};
    if (std::ranges::find(PinProtected, tag) != std::end(PinProtected) && !session_.pinVerified) {
        return {Status::SecurityStatus};
    }
    const auto object = memory_.objects.find(tag);
    if (object == memory_.objects.end()) return {Status::NotFound};
    return {Status::Ok, dataObject(tag == BiometricGroup ? tag : ObjectTag, object->second)};
}

/// Source: SP 800-73-4 part 2, 3.3.1.
Answer PivChip::putData(const CommandFrame& frame) {
    if (frame.p1 != 0x3F || frame.p2 != 0xFF) return {Status::WrongP1P2};
    if (!session_.management) return {Status::SecurityStatus};
    const auto objects = readDataObjects(frame.data);
    if (!objects || objects->empty()) return {Status::WrongData};
    if (objects->front().tag == Discovery) return {Status::NotSupported};

    std::uint32_t tag = BiometricGroup;
    ByteView content = objects->front().value;
    if (objects->front().tag != BiometricGroup) {
        if (objects->size() != 2 || objects->front().tag != 0x5C ||
            (*objects)[1].tag != ObjectTag || content.empty() || content.size() > 3) {
            return {Status::WrongData};
        }
        tag = numberOf(content);
        content = (*objects)[1].value;
    }
    if (!isContainer(tag, memory_.model)) return {Status::NotFound};

    const auto old = memory_.objects.find(tag);
    const std::size_t freed = old == memory_.objects.end() ? 0 : old->second.size();
    if (content.size() > memory_.model.largestObject ||
        memory_.objectOctets() - freed + content.size() > memory_.model.memory) {
        return {Status::NoRoom};
    }
    if (content.empty()) {
        memory_.objects.erase(tag);
    } else {
        memory_.objects[tag].assign(content.begin(), content.end());
    }
    remember();
    return {Status::Ok};
}

}  // namespace zegel::hwsim

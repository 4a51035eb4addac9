#include "pinmailer/press/printing/ipp_message.h"

#include "drivers/base/failure.h"

#include <algorithm>

namespace zegel::press {
namespace {

constexpr const char* Asker = "print-room";

ssize_t append(void* to, ipp_uchar_t* from, std::size_t size) {
    auto& octets = *static_cast<Bytes*>(to);
    octets.insert(octets.end(), from, from + size);
    return static_cast<ssize_t>(size);
}

ssize_t takeFrom(void* from, ipp_uchar_t* to, std::size_t size) {
    auto& rest = *static_cast<ByteView*>(from);
    const auto some = rest.first(std::min(size, rest.size()));
    std::ranges::copy(some, to);
    rest = rest.subspan(some.size());
    return static_cast<ssize_t>(some.size());
}

}  // namespace

IppPtr requestFor(ipp_op_t operation, const std::string& printerUri) {
    IppPtr request{ippNewRequest(operation)};
    if (!request) throw Failure{Fault::Defect, "an IPP request cannot be made"};
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", nullptr,
                 printerUri.c_str());
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", nullptr,
                 Asker);
    return request;
}

Bytes encode(ipp_t& message) {
    Bytes octets;
    if (ippWriteIO(&octets, append, 1, nullptr, &message) != IPP_STATE_DATA)
        throw Failure{Fault::Defect, "an IPP request cannot be encoded"};
    return octets;
}

IppPtr decodeIpp(ByteView octets) {
    IppPtr message{ippNew()};
    if (!message || ippReadIO(&octets, takeFrom, 1, nullptr, message.get()) != IPP_STATE_DATA)
        return nullptr;
    return message;
}

std::vector<std::string> wordsIn(ipp_t& message, const char* attribute) {
    std::vector<std::string> words;
    auto* const found = ippFindAttribute(&message, attribute, IPP_TAG_ZERO);
    for (int at = 0; at < ippGetCount(found); ++at) {
        const char* const word = ippGetString(found, at, nullptr);
        if (word != nullptr) words.emplace_back(word);
    }
    return words;
}

std::optional<int> numberIn(ipp_t& message, const char* attribute) {
    auto* const found = ippFindAttribute(&message, attribute, IPP_TAG_ZERO);
    const auto tag = ippGetValueTag(found);
    if (tag != IPP_TAG_INTEGER && tag != IPP_TAG_ENUM) return std::nullopt;
    return ippGetInteger(found, 0);
}

}  // namespace zegel::press

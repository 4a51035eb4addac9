#include "hwsim/chips/piv_chip.h"

#include "drivers/base/failure.h"
#include "hwsim/chips/data_object.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zegel::hwsim {
namespace {

/// SP 800-73-4 part 1, 2.2: RID, PIX and version.
constexpr std::array<std::uint8_t, 11> Aid{0xA0, 0x00, 0x00, 0x03, 0x08, 0x00,
                                           0x00, 0x10, 0x00, 0x01, 0x00};
constexpr std::size_t RidLength = 5;

/// The longest chain that we collect: an RSA-4096 import is 1300 octets, an object 3060.
constexpr std::size_t LongestChain = 8192;

constexpr std::uint8_t ChainBit = 0x10;
constexpr std::uint8_t Select = 0xA4;
constexpr std::uint8_t GetResponse = 0xC0;

Bytes octetsOf(const Answer& answer) {
    Bytes out = answer.data;
    const auto status = static_cast<std::uint16_t>(answer.status);
    out.insert(out.end(),
               {static_cast<std::uint8_t>(status >> 8), static_cast<std::uint8_t>(status)});
    return out;
}

Status refusalOfClass(std::uint8_t cla) {
    if ((cla & 0x80) != 0) return Status::UnknownClass;
    if ((cla & 0x0C) != 0) return Status::SecureMessaging;
    if ((cla & 0x43) != 0) return Status::LogicalChannels;
    return Status::UnknownClass;
}

/// Application property template: SP 800-73-4 part 2, 3.1.1, table 3.
Bytes propertyTemplate(const PivModel& model) {
    Bytes content;
    appendDataObject(content, 0x4F, ByteView{Aid}.subspan(RidLength));
    appendDataObject(content, 0x79, dataObject(0x4F, ByteView{Aid}.first(RidLength)));
    if (!model.administers) {
        appendDataObject(content, 0x50, bytesOf("Zegel simulated PIV"));
        Bytes algorithms;
        for (const std::uint8_t algorithm : model.keyAlgorithms) {
            appendDataObject(algorithms, 0x80, Bytes{algorithm});
        }
        appendDataObject(algorithms, 0x06, Bytes{0x00});
        appendDataObject(content, 0xAC, algorithms);
    }
    return dataObject(0x61, content);
}

}  // namespace

PivChip::PivChip(PivMemory memory, std::optional<std::filesystem::path> file)
    : memory_(std::move(memory)), file_(std::move(file)), serial_(std::to_string(memory_.serial)) {}

std::shared_ptr<PivChip> blankPivChip(std::string_view model, std::uint32_t serial) {
    return std::make_shared<PivChip>(blankMemory(pivModelNamed(model), serial));
}

std::shared_ptr<PivChip> pivChipFromFile(const std::filesystem::path& file) {
    return std::make_shared<PivChip>(loadChipFile(file), file);
}

Bytes PivChip::atr() const {
    // T=1, IFSC 254; historical bytes: card capabilities (chaining, extended lengths) and issuer.
    const std::uint8_t capabilities = memory_.model.extendedApdus ? 0xC0 : 0x80;
    Bytes atr{0x3B, 0x8B,         0x81, 0x31, 0xFE, 0x15, 0x80, 0x73, 0xC0,
              0x21, capabilities, 0x55, 'Z',  'e',  'g',  'e',  'l'};
    std::uint8_t check = 0;
    for (std::size_t at = 1; at < atr.size(); ++at) {
        check = static_cast<std::uint8_t>(check ^ atr[at]);
    }
    atr.push_back(check);
    return atr;
}

void PivChip::powerOn() {
    session_ = {};
    powered_ = true;
}

void PivChip::powerOff() noexcept {
    session_ = {};
    powered_ = false;
}

Bytes PivChip::exchange(ByteView command) try {
    if (!powered_) return {};
    const Answer answer = respond(command);
    if (std::exchange(changed_, false) && file_) saveChipFile(*file_, memory_);
    return octetsOf(answer);
} catch (const Failure&) {
    return octetsOf({Status::Broken});
}

Answer PivChip::respond(ByteView octets) {
    auto frame = readCommand(octets);
    if (!frame || (frame->extended && !memory_.model.extendedApdus)) {
        session_.chain.reset();
        return {Status::WrongLength};
    }
    if ((frame->cla & ~ChainBit) != 0) return {refusalOfClass(frame->cla)};
    if (frame->ins == GetResponse) {
        if (session_.remainder.empty()) return {Status::Conditions};
        return cut({Status::Ok, std::exchange(session_.remainder, {})}, frame->expected);
    }
    session_.remainder.clear();
    if (auto answer = joinChain(*frame)) return *answer;
    return cut(perform(*frame), frame->expected);
}

/// Collects the links of a chain; with the last one, `frame` becomes the whole command.
/// Source: SP 800-73-4 part 2, 2.4.2 and ISO/IEC 7816-4:2020, 5.3.3.
std::optional<Answer> PivChip::joinChain(CommandFrame& frame) {
    auto chain = std::exchange(session_.chain, std::nullopt);
    const bool last = (frame.cla & ChainBit) == 0;
    const bool same =
        chain && chain->ins == frame.ins && chain->p1 == frame.p1 && chain->p2 == frame.p2;
    if (chain && !same && frame.ins != Select) return Answer{Status::LastOfChainExpected};
    if (same) {
        if (chain->data.size() + frame.data.size() > LongestChain) {
            return Answer{Status::WrongLength};
        }
        chain->data.insert(chain->data.end(), frame.data.begin(), frame.data.end());
        frame.data = std::move(chain->data);
    }
    if (last) return std::nullopt;
    session_.chain = std::move(frame);
    return Answer{Status::Ok};
}

/// What does not fit Le waits for GET RESPONSE. Without Le we answer as with Le=00: under T=1
/// some hosts leave it out and real chips answer all the same.
Answer PivChip::cut(Answer whole, std::size_t expected) {
    const std::size_t most = expected == 0 ? 256 : expected;
    if (whole.data.size() <= most) return whole;
    const auto split = whole.data.begin() + static_cast<std::ptrdiff_t>(most);
    session_.remainder.assign(split, whole.data.end());
    whole.data.erase(split, whole.data.end());
    const std::size_t left = session_.remainder.size();
    whole.status = static_cast<Status>(0x6100 | (left > 0xFF ? 0 : left));
    return whole;
}

Answer PivChip::perform(const CommandFrame& frame) {
    if (frame.ins == Select) return select(frame);
    if (!session_.selected) return {Status::UnknownInstruction};
    switch (frame.ins) {
        case 0x20: return verify(frame);
        case 0x24: return changeReference(frame);
        case 0x2C: return resetRetryCounter(frame);
        case 0x47: return generate(frame);
        case 0x87: return generalAuthenticate(frame);
        case 0xCB: return getData(frame);
        case 0xDB: return putData(frame);
        default: break;
    }
    if (memory_.model.administers) {
        if (auto answer = performExtension(frame)) return *answer;
    }
    return {Status::UnknownInstruction};
}

std::optional<Answer> PivChip::performExtension(const CommandFrame& frame) {
    const PivModel& model = memory_.model;
    switch (frame.ins) {
        case 0xFD: return Answer{Status::Ok, {model.firmware.begin(), model.firmware.end()}};
        case 0xFE: return importKey(frame);
        case 0xFF: return setManagementKey(frame);
        case 0xFA: return setRetries(frame);
        case 0xFB: return resetAll();
        case 0xF6:
            if (model.movesKeys) return moveKey(frame);
            break;
        case 0xF7:
            if (model.tellsMetadata) return metadata(frame);
            break;
        case 0xF9:
            if (model.attests) return attestKey(frame);
            break;
        case 0xF8:
            if (!model.tellsSerial) break;
            return Answer{Status::Ok,
                          {static_cast<std::uint8_t>(memory_.serial >> 24),
                           static_cast<std::uint8_t>(memory_.serial >> 16),
                           static_cast<std::uint8_t>(memory_.serial >> 8),
                           static_cast<std::uint8_t>(memory_.serial)}};
        default: break;
    }
    return std::nullopt;
}

/// The AID whole or cut on the right, down to the RID. Source: SP 800-73-4 part 2, 3.1.1; that
/// an application selected already keeps its security status is said there too, but the widely
/// deployed chips drop it.
Answer PivChip::select(const CommandFrame& frame) {
    if (frame.p1 != 0x04 || frame.p2 != 0x00) return {Status::WrongP1P2};
    const std::size_t length = frame.data.size();
    if (length < RidLength || length > Aid.size() ||
        !std::equal(frame.data.begin(), frame.data.end(), Aid.begin())) {
        return {Status::NotFound};
    }
    if (!session_.selected || memory_.model.selectDropsStatus) forgetStatus();
    session_.selected = true;
    return {Status::Ok, propertyTemplate(memory_.model)};
}

void PivChip::forgetStatus() {
    session_.pinVerified = false;
    session_.pinFresh = false;
    session_.management = false;
    session_.witness.clear();
    session_.challenge.clear();
}

}  // namespace zegel::hwsim

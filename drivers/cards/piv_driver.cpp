#include "drivers/cards/piv_driver.h"

#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/cards/piv/objects.h"
#include "drivers/iso7816/instructions.h"

#include <algorithm>

namespace zegel::cards {
namespace {

namespace sw = iso7816::sw;
using piv::CodeReference;

constexpr std::uint8_t ReferenceOf9B = static_cast<std::uint8_t>(piv::Slot::Management);

std::uint8_t octet(CodeReference reference) {
    return static_cast<std::uint8_t>(reference);
}

bool isFull(iso7816::StatusWord status) {
    return status == sw::NotEnoughMemory || status == sw::WrongLength;
}

bool isPivAnswer(ByteView properties) {
    // 4F holds the whole AID, or the PIX alone: both end in the application's version.
    static constexpr std::array<std::uint8_t, 4> Pix{0x00, 0x00, 0x10, 0x00};
    const auto aid = iso7816::find(properties, 0x4F);
    return aid && std::search(aid->begin(), aid->end(), Pix.begin(), Pix.end()) != aid->end();
}

}  // namespace

std::unique_ptr<PivDriver> PivDriver::meet(drivers::Channel& channel, iso7816::StatusWord& answer) {
    const auto selected = piv::Application{channel}.select();
    answer = selected.status;
    if (selected.status != sw::Ok || !isPivAnswer(selected.data)) return nullptr;
    // std::make_unique cannot reach a private constructor.
    return std::unique_ptr<PivDriver>{new PivDriver{channel, selected.data}};
}

PivDriver::PivDriver(drivers::Channel& channel, ByteView properties)
    : channel_(channel), application_(channel), properties_(properties.begin(), properties.end()) {
    readIdentity();
}

void PivDriver::readIdentity() {
    version_ = application_.version();
    abilities_ = piv::abilitiesOf(properties_, version_);
    identity_.family = "piv";
    identity_.firmware = version_ ? toText(*version_) : std::string{};
    guid_.clear();
    auto serial = serialOfSilicon();
    if (!serial) {
        const auto chuid = application_.object(piv::object::CardHolderIdentifier);
        const auto guid = chuid ? piv::guidIn(*chuid) : std::nullopt;
        if (!guid) {
            throw Failure{Fault::CardUnsuitable,
                          "this PIV card tells neither a serial number, CPLC nor a GUID, so it "
                          "cannot be told from another; take another card"};
        }
        guid_ = *guid;
        serial = toHex(*guid);
    }
    identity_.serial = ChipSerial{"piv-" + *serial};
}

/// GET SERIAL where offered; else what the card's maker wrote into the card production life cycle
/// (GlobalPlatform GET DATA 9F7F): fabrication date, serial number and batch, which together
/// belong to one chip.
std::optional<std::string> PivDriver::serialOfSilicon() {
    numberTold_ = application_.serial();
    if (numberTold_) return toHex(*numberTold_);
    constexpr std::size_t DateAt = 10;
    constexpr std::size_t Length = 8;
    const iso7816::CommandApdu getCplc{{0x80, iso7816::ins::GetDataEven, 0x9F, 0x7F}, {}, 256};
    const auto response = channel_.transmit(getCplc);
    if (response.status != sw::Ok) return std::nullopt;
    const auto cplc = iso7816::find(response.data, 0x9F7F);
    if (!cplc || cplc->size() < DateAt + Length) return std::nullopt;
    const auto numbers = cplc->subspan(DateAt, Length);
    if (std::ranges::all_of(numbers, [](auto value) { return value == 0; })) return std::nullopt;
    return toHex(numbers);
}

ChipCondition PivDriver::examine() {
    ChipCondition condition;
    examineCodes(condition);
    for (const auto purpose : AllPurposes)
        examinePurpose(condition, purpose);
    return condition;
}

void PivDriver::examineCodes(ChipCondition& condition) {
    const auto tell = [&](const std::string& what) { condition.notBlank.push_back(what); };
    const auto code = [&](CodeReference reference, const std::string& name) {
        const auto metadata = application_.metadata(octet(reference));
        if (!metadata) return std::optional<int>{};
        if (metadata->isFactory == false) tell("the " + name + " is not the factory's");
        if (metadata->triesLeft == 0) tell("the " + name + " is blocked");
        return metadata->triesLeft;
    };
    condition.pinTriesLeft = code(CodeReference::Pin, "PIN");
    condition.pukTriesLeft = code(CodeReference::Puk, "PUK");
    const auto key = managementKey();
    if (key && key->isFactory == false) tell("the management key is not the factory's");
    if (application_.offersMetadata()) return;
    condition.pinTriesLeft = pinTriesLeft();
    if (condition.pinTriesLeft == 0) tell("the PIN is blocked");
}

void PivDriver::examinePurpose(ChipCondition& condition, Purpose purpose) {
    const std::string name{nameOf(purpose)};
    const auto key = application_.metadata(static_cast<std::uint8_t>(piv::slotFor(purpose)));
    if (key && key->hasKey) condition.notBlank.push_back("a key for " + name);
    if (application_.object(piv::certificateObjectFor(purpose))) {
        condition.notBlank.push_back("a certificate for " + name);
    }
}

std::optional<piv::Metadata> PivDriver::managementKey() {
    if (!managementKey_) managementKey_ = application_.metadata(ReferenceOf9B);
    return managementKey_;
}

void PivDriver::put(iso7816::Tag tag, ByteView content, const std::string& what) {
    const auto status = application_.putObject(tag, content);
    if (status == sw::Ok) return;
    throw piv::refusal("PUT DATA of " + what, status,
                       isFull(status) ? Fault::CardUnsuitable : Fault::CardRefused);
}

void PivDriver::writeCertificate(Purpose purpose, ByteView der) {
    const auto what = "the certificate for " + std::string{nameOf(purpose)};
    const auto tag = piv::certificateObjectFor(purpose);
    const auto plain = piv::certificateObject(der, piv::Packing::Plain);
    if (plain.size() <= abilities_.objectCapacity) {
        const auto status = application_.putObject(tag, plain);
        if (status == sw::Ok) return;
        if (!isFull(status)) throw piv::refusal("PUT DATA of " + what, status);
    }
    const auto packed = piv::certificateObject(der, piv::Packing::Gzip);
    if (packed.size() > abilities_.objectCapacity) {
        throw Failure{Fault::CardUnsuitable,
                      what + " has " + std::to_string(der.size()) +
                          " octets and does not fit, packed neither: the chip takes " +
                          std::to_string(abilities_.objectCapacity) + " in one object"};
    }
    put(tag, packed, what);
}

std::optional<Bytes> PivDriver::readCertificate(Purpose purpose) {
    const auto object = application_.object(piv::certificateObjectFor(purpose));
    if (!object) return std::nullopt;
    return piv::certificateIn(*object);
}

void PivDriver::imprint(const Imprint& imprint) {
    // The GUID stays where it is all that tells this chip from another.
    const auto guid = guid_.empty() ? randomBytes(piv::GuidSize) : guid_;
    put(piv::object::CardHolderIdentifier, piv::cardHolderIdentifier(guid, imprint.expires),
        "the card holder identifier");
    put(piv::object::CardCapability, piv::cardCapability(randomBytes(piv::CardIdentifierSize)),
        "the card capability container");
}

}  // namespace zegel::cards

#include "pinmailer/press/print_room.h"

#include <openssl/pkcs12.h>

#include <algorithm>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace zegel::press {
namespace {

constexpr std::size_t LongestPassword = 1024;

using Pkcs12Ptr = std::unique_ptr<PKCS12, openssl::Freed<PKCS12_free>>;

[[noreturn]] void refuse(const std::string& why) {
    openssl::takeErrors();
    throw Failure{Fault::SettingUnusable, why};
}

/// A descriptor of ours, closed when it dies; standard input stays open.
class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    ~Descriptor() {
        if (number_ > STDIN_FILENO) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const noexcept { return number_; }

private:
    int number_;
};

/// Reads up to a line's end into a buffer that is wiped, octet by octet: nothing is buffered
/// elsewhere. Nothing when there are more octets than a password has.
SecretBytes readLine(int descriptor) {
    SecretBytes buffer{LongestPassword};
    std::size_t length = 0;
    buffer.fill([&](std::span<std::uint8_t> out) {
        while (length < out.size() && read(descriptor, &out[length], 1) == 1) {
            if (out[length] == '\n') break;
            ++length;
        }
    });
    return buffer.disclose(Disclosure::ToCheck, [&](ByteView octets) {
        const auto cut = length > 0 && octets[length - 1] == '\r' ? length - 1 : length;
        return secretOf(octets.first(cut));
    });
}

/// Typed letters are not shown while it lives.
class SilentTerminal {
public:
    explicit SilentTerminal(int terminal) noexcept : terminal_(terminal) {
        known_ = tcgetattr(terminal_, &before_) == 0;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (known_) tcsetattr(terminal_, TCSAFLUSH, &silent);
    }
    ~SilentTerminal() {
        if (known_) tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

private:
    int terminal_;
    bool known_ = false;
    termios before_{};
};

void say(int terminal, const std::string& words) {
    [[maybe_unused]] const auto written = write(terminal, words.data(), words.size());
}

/// PKCS12_parse wants a text that ends in a zero octet.
SecretBytes terminated(const SecretBytes& password) {
    SecretBytes text{password.size() + 1};
    password.disclose(Disclosure::ToCipher, [&](ByteView octets) {
        text.fill([&](std::span<std::uint8_t> out) { std::ranges::copy(octets, out.begin()); });
    });
    return text;
}

}  // namespace

PrintRoomKey loadPrintRoomKey(const std::string& pkcs12Path, const SecretBytes& password) {
    const openssl::BioPtr file{BIO_new_file(pkcs12Path.c_str(), "rb")};
    if (!file) refuse("cannot open the print room's key file " + pkcs12Path);
    const Pkcs12Ptr packet{d2i_PKCS12_bio(file.get(), nullptr)};
    if (!packet) refuse(pkcs12Path + " is not a PKCS#12 file");
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    const bool parsed = terminated(password).disclose(Disclosure::ToCipher, [&](ByteView text) {
        return PKCS12_parse(packet.get(), reinterpret_cast<const char*>(text.data()), &key,
                            &certificate, nullptr) == 1;
    });
    PrintRoomKey room{openssl::PkeyPtr{key}, openssl::CertificatePtr{certificate}};
    if (!parsed) refuse("the password does not open " + pkcs12Path);
    if (!room.key) refuse(pkcs12Path + " holds no private key");
    if (!room.certificate) refuse(pkcs12Path + " holds no certificate for its key");
    return room;
}

SecretBytes readPassword(const std::string& path) {
    const Descriptor file{path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number() < 0) refuse("cannot open the password file " + path);
    auto password = readLine(file.number());
    if (password.empty()) refuse("the password file " + path + " starts with an empty line");
    return password;
}

SecretBytes askPassword(const std::string& question) {
    const Descriptor terminal{open("/dev/tty", O_RDWR | O_CLOEXEC)};
    if (terminal.number() < 0) {
        refuse("there is no terminal to ask for the password; name a --password-file");
    }
    say(terminal.number(), question);
    auto password = [&] {
        const SilentTerminal silent{terminal.number()};
        return readLine(terminal.number());
    }();
    say(terminal.number(), "\n");
    return password;
}

openssl::CertificatePtr loadStationCertificate(const std::string& pemPath) {
    auto certificates = openssl::certificatesFromPemFile(pemPath);
    if (certificates.size() != 1) {
        refuse(pemPath + " holds " + std::to_string(certificates.size()) +
               " certificates; name the station's alone");
    }
    return std::move(certificates.front());
}

}  // namespace zegel::press

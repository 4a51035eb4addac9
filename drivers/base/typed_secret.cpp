#include "drivers/base/typed_secret.h"

#include "drivers/base/failure.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace zegel {
namespace {

constexpr std::size_t LongestLine = 1024;

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

/// Nothing when there are more octets than a line has.
SecretBytes readLine(int descriptor) {
    SecretBytes buffer{LongestLine};
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

}  // namespace

SecretBytes readSecretLine(const std::string& path, std::string_view what) {
    const Descriptor file{path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number() < 0) {
        throw Failure{Fault::SettingUnusable, "cannot open " + std::string{what} + " " + path};
    }
    return readLine(file.number());
}

SecretBytes askSecret(const std::string& question, const std::string& otherwise) {
    const Descriptor terminal{open("/dev/tty", O_RDWR | O_CLOEXEC)};
    if (terminal.number() < 0) throw Failure{Fault::SettingUnusable, otherwise};
    const SilentTerminal silent{terminal.number()};  // before somebody can answer
    say(terminal.number(), question);
    auto typed = readLine(terminal.number());
    say(terminal.number(), "\n");
    return typed;
}

}  // namespace zegel

#include "station/api/secret_field.h"

#include "drivers/base/failure.h"

#include <algorithm>

namespace zegel::station {
namespace {

bool isSpace(std::uint8_t c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Walks over the top of a JSON object (RFC 8259), from one field to the next.
class Walk {
public:
    explicit Walk(ByteView text) : text_(text) {}

    /// Between the quotes of the text that begins here; the walk goes on behind it.
    ByteView string() {
        expect('"');
        const auto start = at_;
        while (peek() != '"') {
            if (peek() < ' ') refuse("holds a text that is not closed");
            if (take() == '\\') take();
        }
        const auto inside = text_.subspan(start, at_ - start);
        ++at_;
        return inside;
    }

    /// Over one value, whatever it holds.
    void value() {
        int depth = 0;
        do {
            spaces();
            const auto c = peek();
            if (c == '"') {
                string();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                --depth;
                ++at_;
            } else if (depth > 0 && (c == ',' || c == ':')) {
                ++at_;
            } else {
                scalar();
            }
            spaces();
        } while (depth > 0);
        if (depth < 0) refuse("is no JSON object: { ... }");
    }

    void spaces() {
        while (at_ < text_.size() && isSpace(text_[at_]))
            ++at_;
    }
    void expect(char wanted) {
        spaces();
        if (take() != static_cast<std::uint8_t>(wanted)) refuse("is no JSON object: { ... }");
    }
    bool isNext(char wanted) {
        spaces();
        return peek() == static_cast<std::uint8_t>(wanted);
    }
    bool accept(char wanted) {
        if (!isNext(wanted)) return false;
        ++at_;
        return true;
    }
    bool isAtEnd() const noexcept { return at_ == text_.size(); }

    [[noreturn]] void refuse(const std::string& why) const {
        const auto lines = std::ranges::count(text_.first(std::min(at_, text_.size())), '\n') + 1;
        throw Failure{Fault::OrderUnusable, "the body, line " + std::to_string(lines) + ": " + why +
                                                "; correct it and send it again"};
    }

private:
    std::uint8_t peek() const {
        if (at_ >= text_.size()) refuse("is broken off");
        return text_[at_];
    }
    std::uint8_t take() {
        const auto c = peek();
        ++at_;
        return c;
    }
    /// A number or one of the three words; at least one octet.
    void scalar() {
        const auto start = at_;
        while (at_ < text_.size() && !isSpace(text_[at_]) &&
               std::string_view{",:]}[{\""}.find(static_cast<char>(text_[at_])) ==
                   std::string_view::npos) {
            ++at_;
        }
        if (at_ == start) refuse("is no JSON object: { ... }");
    }

    ByteView text_;
    std::size_t at_ = 0;
};

struct Found {
    std::size_t start = 0;
    std::size_t length = 0;
};

/// The text of a field that is not to be spelt in more ways than one.
ByteView plainText(Walk& walk, const std::string& what) {
    if (!walk.isNext('"')) walk.refuse(what + " is no text between quotes");
    const auto text = walk.string();
    if (std::ranges::find(text, '\\') == text.end()) return text;
    walk.refuse(what + " is written with an escape; write it plainly");
}

/// Whoever writes "Code" means the code: it is as secret, though its reader will refuse the name.
bool isSameWord(ByteView field, std::string_view name) {
    const auto small = [](int c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
    return std::ranges::equal(field, name, {}, small, small);
}

std::optional<Found> find(ByteView text, std::string_view name) {
    Walk walk{text};
    std::optional<Found> found;
    walk.expect('{');
    bool more = !walk.isNext('}');
    while (more) {
        const auto field = plainText(walk, "a field's name");
        walk.expect(':');
        if (isSameWord(field, name)) {
            if (found) walk.refuse(std::string{name} + ": stands here twice");
            const auto secret = plainText(walk, std::string{name} + ":");
            found = Found{static_cast<std::size_t>(secret.data() - text.data()), secret.size()};
        } else {
            walk.value();
        }
        more = walk.accept(',');
    }
    walk.expect('}');
    walk.spaces();
    if (!walk.isAtEnd()) walk.refuse("goes on behind the object's end");
    return found;
}

}  // namespace

PartedBody partSecret(const SecretBytes& body, std::string_view name) {
    return body.disclose(Disclosure::ToCheck, [&](ByteView text) {
        PartedBody parted;
        const auto found = find(text, name);
        const auto before = found ? found->start : text.size();
        parted.shown = textOf(text.first(before));
        if (!found) return parted;
        parted.shown.append(found->length, '*');
        parted.shown += textOf(text.subspan(before + found->length));
        parted.secret = secretOf(text.subspan(before, found->length));
        return parted;
    });
}

}  // namespace zegel::station

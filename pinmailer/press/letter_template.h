#pragma once

#include "pinmailer/press/letter_kind.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace zegel::press {

/// Millimetres from the sheet's upper left corner.
struct Area {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;

    double right() const noexcept { return x + width; }
    double bottom() const noexcept { return y + height; }
    bool holds(const Area& other) const noexcept;
    bool meets(const Area& other) const noexcept;
    Area grownBy(double margin) const noexcept;
};

/// One place on the letter that differs from letter to letter. Lengths in millimetres.
struct Field {
    enum class Anchor { Start, Middle, End };

    std::string name;
    int line = 0;          ///< in the template file
    double x = 0;          ///< of the anchor
    double y = 0;          ///< of the first baseline
    double width = 0;      ///< the longest line may have
    double height = 0;     ///< from the first baseline to the last one; 0 is a single line
    double size = 0;       ///< of the letters
    double smallest = 0;   ///< what they may shrink to before the letter is refused
    double leading = 0;    ///< between baselines at full size
    std::string families;  ///< "Open Sans, DejaVu Sans"
    int weight = 400;
    Anchor anchor = Anchor::Start;
    std::array<double, 3> colour{};
    std::string before;  ///< "Aantal pogingen: "
    std::string after;

    /// What the field may cover at most.
    Area area() const noexcept;
    /// As many as its height takes with so much between baselines; of an address what the post
    /// reads.
    std::size_t mostLines(double between) const noexcept;
    bool isAddress() const noexcept { return name == "address"; }
    /// Whether it holds a code: PIN, PUK or revocation code.
    bool isSecret() const noexcept;
};

/// What one letter shows and another of its kind does not; templates tell by `zegel:when`.
struct Variant {
    std::string carrier;  ///< "smart-card", "usb-token"
    bool puk = true;
    std::set<std::string> also{};  ///< of a note: "with-track", "loan-reader", "after-receipt"

    /// Of a word that the letter's kind knows.
    bool holds(const std::string& word) const;
    friend bool operator<(const Variant& one, const Variant& other) {
        return std::tie(one.carrier, one.puk, one.also) <
               std::tie(other.carrier, other.puk, other.also);
    }
};

/// Words of the fixed part, by the name librsvg finds them under.
struct FixedText {
    std::string id;
    int line = 0;
    bool moves = false;  ///< with the window
};

/// A letter template, checked whole before a letter is opened: the fixed part as SVG, and the
/// fields. The rules stand in config/letters/README.md.
class LetterTemplate {
public:
    /// `windowAt`: upper left corner of the envelope's window where it differs from the template's;
    /// the address moves along.
    /// Errors: SettingUnusable naming file, line and rule.
    static LetterTemplate load(const std::string& path, const Variant& variant,
                               std::optional<std::array<double, 2>> windowAt = std::nullopt);

    /// Errors: SettingUnusable when there is no SVG, or of no kind that there is.
    static const LetterKind& kindAt(const std::string& path);

    const std::string& path() const noexcept { return path_; }
    const std::string& fixedPart() const noexcept { return fixedPart_; }
    const std::vector<Field>& fields() const noexcept { return fields_; }
    const std::vector<std::string>& families() const noexcept { return families_; }
    const LetterKind& kind() const noexcept { return *kind_; }
    const std::vector<FixedText>& fixedTexts() const noexcept { return fixedTexts_; }
    const Area& window() const noexcept { return window_; }
    const Area& codeZone() const noexcept { return codeZone_; }  ///< empty on a note
    const Area& mark() const noexcept { return mark_; }          ///< for the machine's eye

private:
    LetterTemplate() = default;

    std::string path_;
    const LetterKind* kind_ = nullptr;
    std::string fixedPart_;
    std::vector<Field> fields_;
    std::vector<std::string> families_;  ///< every typeface the fixed part names
    std::vector<FixedText> fixedTexts_;
    Area window_;
    Area codeZone_;
    Area mark_;
};

/// PostNL's addressing tips: 10 to 12 pt, in at most six lines; in mm, rounded to hundredths.
inline constexpr double SmallestAddress = 3.53;
inline constexpr double LargestAddress = 4.23;
inline constexpr std::size_t MostAddressLines = 6;

inline constexpr Area Sheet{0, 0, 210, 297};  ///< ISO 216 A4

}  // namespace zegel::press

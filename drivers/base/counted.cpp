#include "drivers/base/counted.h"

namespace zegel {

std::string counted(std::size_t number, std::string_view one, std::string_view several) {
    const auto behind = number == 1       ? std::string{one}
                        : several.empty() ? std::string{one} + "s"
                                          : std::string{several};
    return std::to_string(number) + " " + behind;
}

}  // namespace zegel

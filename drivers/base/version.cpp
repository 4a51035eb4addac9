#include "drivers/base/version.h"

namespace zegel {

std::string_view version() noexcept {
    return ZEGEL_VERSION;
}

}  // namespace zegel

#include "drivers/base/told.h"

namespace zegel {

std::string lookUp(Fault fault) {
    return " [" + std::string{nameOf(fault)} + "]";
}

std::string told(const Failure& failure) {
    return failure.what() + lookUp(failure.fault());
}

}  // namespace zegel

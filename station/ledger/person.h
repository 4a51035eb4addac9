#pragma once

#include <string>

namespace zegel::station {

/// Who a client is, by the certificate it proved to hold.
struct Person {
    std::string name;         ///< the common name; empty when there is none
    std::string fingerprint;  ///< of the certificate, "sha256:…"

    friend bool operator==(const Person&, const Person&) = default;
};

/// Under which a person stands in the audit trail.
std::string whoIs(const Person& person);

}  // namespace zegel::station

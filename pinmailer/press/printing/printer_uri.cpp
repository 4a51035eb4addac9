#include "pinmailer/press/printing/printer_uri.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace zegel::press {
namespace {

constexpr std::string_view Plain = "ipp://";
constexpr std::string_view Secured = "ipps://";
constexpr std::string_view IppPort = ":631";

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::SettingUnusable, "the printer's address " + why};
}

/// What never leaves this machine.
bool isHere(std::string_view host) {
    constexpr std::array Here{"localhost", "127.0.0.1", "[::1]"};
    return std::ranges::find(Here, host) != Here.end();
}

bool hasPort(std::string_view host) {
    const auto colon = host.rfind(':');
    return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
}

}  // namespace

std::string httpOf(const PrinterAddress& address) {
    const std::string_view uri = address.uri;
    const bool secured = uri.starts_with(Secured);
    if (!secured && !uri.starts_with(Plain))
        refuse("\"" + address.uri + "\" does not begin with ipps:// or ipp://");
    const auto rest = uri.substr(secured ? Secured.size() : Plain.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto host = rest.substr(0, slash);
    const bool odd = host.empty() || host.find('@') != std::string_view::npos ||
                     std::ranges::any_of(rest, [](char c) { return c <= ' ' || c == '\x7F'; });
    if (odd) refuse("\"" + address.uri + "\" is not like ipps://printer.example/ipp/print");
    if (secured && address.certificate.empty())
        refuse("is ipps: name the printer's certificate too, so that no other gets a letter");
    if (!secured && !address.certificate.empty())
        refuse("is ipp, in the clear: write ipps, or leave its certificate away");
    const auto name = hasPort(host) ? host.substr(0, host.rfind(':')) : host;
    if (!secured && !isHere(name) && !address.inTheClear) {
        refuse("\"" + address.uri +
               "\" would send codes in the clear over the wire: write ipps and name the printer's "
               "certificate; in_the_clear = true is for a wire that nobody else can reach");
    }
    return std::string{secured ? "https://" : "http://"} + std::string{host} +
           std::string{hasPort(host) ? "" : IppPort} +
           (slash < rest.size() ? std::string{rest.substr(slash)} : "/ipp/print");
}

}  // namespace zegel::press

#include "station/orders/paper.h"

#include "drivers/base/failure.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"

namespace zegel::station {
namespace {

constexpr std::size_t LargestPaper = std::size_t{16} << 10U;

}  // namespace

std::string readPaper(std::istream& in, const std::string& source, std::string_view kind,
                      StrictObject::Fields fields,
                      const std::function<void(const StrictObject&)>& read) {
    const JsonNode top =
        readJson(in, source, {.octets = LargestPaper, .elementOctets = LargestPaper});
    Complaints complaints;
    std::string id;
    if (top.kind == JsonNode::Kind::Object) {
        const StrictObject object(top, "", complaints, fields);
        object.textIfAny("$schema", {.longest = 256});
        id = object.text(kind, {.fits = isReference, .form = ReferenceForm});
        read(object);
    } else {
        complaints.add(top.line, "", "is not an object: { ... }");
    }
    if (complaints.empty()) return id;
    const auto which = id.empty() ? "" : " (" + std::string{kind} + " " + id + ")";
    throw Failure(Fault::OrderUnusable, source + which + ", " + complaints.joined() +
                                            "; correct it and lay it out again");
}

std::ifstream openPaper(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (in && !std::filesystem::is_directory(file)) return in;
    throw Failure(Fault::OrderUnusable,
                  file.filename().string() +
                      ": cannot be opened; check that it is a file the station may read");
}

}  // namespace zegel::station

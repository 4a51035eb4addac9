#pragma once

#include "cardprofiles/profile_file.h"
#include "station/orders/order.h"

#include <cstddef>
#include <istream>
#include <string>

namespace zegel::station {

/// What one batch may ask of the station's memory.
struct BatchLimits {
    std::size_t octets = std::size_t{256} << 20U;      ///< of the file
    std::size_t orderOctets = std::size_t{64} << 10U;  ///< of one order
    std::size_t orders = 100'000;
};

/// Reads a batch (JSON, station/orders/batch.schema.json) as a stream and checks every order
/// against the profile it names. An order that cannot be made is kept in `refused` with all that
/// is wrong with it and costs no other order; a second order with an id that stands there already
/// is refused under its place ("<batch>#<position>").
///
/// `name` stands in messages: the file's name.
/// Errors: OrderUnusable for the batch as a whole, naming line and field: broken JSON, not UTF-8,
/// no batch id, unknown or repeated fields beside the orders, no orders, a count that does not
/// match, over a limit. Nothing is taken from such a batch.
Batch readBatch(std::istream& in, const std::string& name, const cardprofiles::Profiles& profiles,
                const BatchLimits& limits = {});

/// The same for a file, digested as it is read; its name without the folder stands in messages, or
/// `as` where it is given.
Batch readBatchFile(const std::string& path, const cardprofiles::Profiles& profiles,
                    const BatchLimits& limits = {}, const std::string& as = {});

}  // namespace zegel::station

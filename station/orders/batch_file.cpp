#include "station/orders/batch_file.h"

#include "drivers/base/told.h"
#include "station/orders/digested_source.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"
#include "station/orders/strict_object.h"

#include <deque>
#include <filesystem>
#include <fstream>
#include <unordered_map>

namespace zegel::station {
namespace {

/// The batch as it grows, order by order. Its id may stand behind them.
class BatchReading {
public:
    BatchReading(const std::string& name, const cardprofiles::Profiles& profiles,
                 const BatchLimits& limits)
        : name_(name), profiles_(profiles), limits_(limits) {}

    void addOrder(const JsonNode& node) {
        if (++position_ > limits_.orders) {
            throw Failure(Fault::OrderUnusable, name_ + ", line " + std::to_string(node.line) +
                                                    ": holds more than " +
                                                    std::to_string(limits_.orders) +
                                                    " orders; split it into several batches");
        }
        Complaints complaints;
        auto order = readOrder(node, profiles_, complaints);
        auto id = orderIdIn(node);
        if (id) {
            const auto first = lineOf_.find(id->value());
            if (first != lineOf_.end()) {
                complaints.add(
                    node.line, "order",
                    "\"" + id->value() + "\" stands on line " + std::to_string(first->second) +
                        " already and the first one counts; give this one an id of its own");
                id.reset();
            }
        }
        if (order) checkGroup(*order, node.line, complaints);
        if (order && complaints.empty()) {
            const auto& kept = batch_.orders.emplace_back(std::move(*order));
            lineOf_.emplace(kept.id.value(), node.line);
            groups_.try_emplace(kept.groupId, Group{&kept.subject, node.line});
            return;
        }
        if (id) lineOf_.emplace(idsOfRefused_.emplace_back(id->value()), node.line);
        if (order && !groups_.contains(order->groupId)) {
            const auto& kept = firstOfGroup_.emplace_back(std::move(*order));
            groups_.emplace(kept.groupId, Group{&kept.subject, node.line});
        }
        batch_.refused.push_back(
            {id.value_or(OrderId()), position_, node.line, complaints.joined()});
    }

    Batch finish(const JsonNode& top) {
        Complaints complaints;
        if (top.kind != JsonNode::Kind::Object) {
            complaints.add(top.line, "", "is not an object: { ... }");
            refuse(complaints);
        }
        const StrictObject fields(top, "", complaints, {"$schema", "batch", "count", "orders"});
        fields.textIfAny("$schema", {.longest = 256});
        batch_.id = BatchId(
            fields.text("batch", {.longest = 64, .fits = isReference, .form = ReferenceForm}));
        const auto count = fields.count("count");
        checkOrders(fields, count);
        if (!complaints.empty()) refuse(complaints);
        for (auto& order : batch_.orders)
            order.batch = batch_.id;
        for (auto& refused : batch_.refused)
            nameRefused(refused);
        return std::move(batch_);
    }

private:
    struct Group {
        const Subject* subject;
        std::size_t line;
    };

    /// Cards of one group may share a confidentiality key: two groups under one id would read
    /// each other's mail.
    void checkGroup(const Order& order, std::size_t line, Complaints& complaints) {
        const auto group = groups_.find(order.groupId);
        if (group == groups_.end() || *group->second.subject == order.subject) return;
        complaints.add(line, "groupId",
                       "\"" + order.groupId + "\" names another subject than on line " +
                           std::to_string(group->second.line) +
                           "; write the same subject, or give this group an id of its own");
    }

    void checkOrders(const StrictObject& fields, std::optional<std::size_t> count) const {
        const JsonNode* orders = fields.find("orders");
        if (orders == nullptr) {
            fields.complain("orders", "is missing; write a list of orders");
            return;
        }
        if (orders->kind != JsonNode::Kind::List) {
            fields.complain("orders",
                            "is " + std::string(nameOf(orders->kind)) + "; write a list of orders");
            return;
        }
        if (position_ == 0) fields.complain("orders", "is empty; a batch has at least one order");
        if (count && *count != position_) {
            fields.complain("count",
                            "says " + std::to_string(*count) + " and there are " +
                                std::to_string(position_) +
                                " orders; the batch may have been cut, have it sent again");
        }
    }

    void nameRefused(RefusedOrder& refused) const {
        if (refused.id.value().empty()) {
            refused.id = OrderId(batch_.id.value() + "#" + std::to_string(refused.position));
        }
        refused.reason = "batch " + batch_.id.value() + ", order " + refused.id.value() + ", " +
                         refused.reason + lookUp(Fault::OrderUnusable);
    }

    [[noreturn]] void refuse(const Complaints& complaints) const {
        const std::string& id = batch_.id.value();
        throw Failure(Fault::OrderUnusable, name_ + (id.empty() ? "" : " (batch " + id + ")") +
                                                ", " + complaints.joined() +
                                                "; nothing was taken from it");
    }

    const std::string& name_;
    const cardprofiles::Profiles& profiles_;
    const BatchLimits& limits_;
    Batch batch_;
    std::size_t position_ = 0;
    // A batch is large: what is looked up stands where its order is kept, which never moves.
    std::unordered_map<std::string_view, std::size_t> lineOf_;
    std::unordered_map<std::string_view, Group> groups_;
    std::deque<std::string> idsOfRefused_;
    std::deque<Order> firstOfGroup_;  ///< of those that are refused
};

}  // namespace

Batch readBatch(std::istream& in, const std::string& name, const cardprofiles::Profiles& profiles,
                const BatchLimits& limits) {
    BatchReading reading(name, profiles, limits);
    const JsonNode top =
        readJson(in, name, {.octets = limits.octets, .elementOctets = limits.orderOctets}, "orders",
                 [&](JsonNode&& node) { reading.addOrder(node); });
    return reading.finish(top);
}

Batch readBatchFile(const std::string& path, const cardprofiles::Profiles& profiles,
                    const BatchLimits& limits, const std::string& as) {
    if (std::filesystem::is_directory(path)) {
        throw Failure(Fault::OrderUnusable, path + ": is a folder; name the batch file in it");
    }
    const std::string name = as.empty() ? std::filesystem::path(path).filename().string() : as;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw Failure(Fault::OrderUnusable,
                      name + ": cannot be opened; check that it is a file the station may read");
    }
    DigestedSource source(*in.rdbuf());
    std::istream digested(&source);
    Batch batch = readBatch(digested, name, profiles, limits);
    batch.digest = source.digest();
    return batch;
}

}  // namespace zegel::station

#include "station/orders/json_node.h"

#include "drivers/base/failure.h"
#include "station/orders/json_source.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Handler.h>
#include <Poco/JSON/Parser.h>

#include <string_view>

namespace zegel::station {
namespace {

/// An order is three levels deep; deeper nesting is an attack on the stack.
constexpr std::size_t DeepestNesting = 16;

/// Builds nodes from the parser's calls, innermost open value last.
class NodeBuilder final : public Poco::JSON::Handler {
public:
    NodeBuilder(JsonSource& source, std::string streamed,
                const std::function<void(JsonNode&&)>& each)
        : source_(source), streamed_(std::move(streamed)), each_(each) {}

    JsonNode take() { return std::move(root_); }

    void reset() override {}
    void startObject() override { open(JsonNode::Kind::Object); }
    void endObject() override { close(); }
    void startArray() override { open(JsonNode::Kind::List); }
    void endArray() override { close(); }
    void key(const std::string& name) override {
        open_.back().name = name;
        open_.back().nameLine = source_.line();
    }
    void null() override { add(leaf(JsonNode::Kind::Null)); }
    void value(int number) override { addNumber(number); }
    void value(unsigned number) override { addNumber(number); }
    void value(Poco::Int64 number) override { addNumber(static_cast<double>(number)); }
    void value(Poco::UInt64 number) override { addNumber(static_cast<double>(number)); }
    void value(double number) override { addNumber(number); }
    void value(bool flag) override {
        JsonNode node = leaf(JsonNode::Kind::Flag);
        node.flag = flag;
        add(std::move(node));
    }
    void value(const std::string& text) override {
        JsonNode node = leaf(JsonNode::Kind::Text);
        node.text = text;
        add(std::move(node));
    }

private:
    struct Open {
        JsonNode node;
        std::string name;  ///< of the member that is being read
        std::size_t nameLine = 0;
    };

    JsonNode leaf(JsonNode::Kind kind) const {
        JsonNode node;
        node.kind = kind;
        node.line = source_.line();
        return node;
    }

    void open(JsonNode::Kind kind) {
        constexpr std::size_t Usual = 6;  // of an order, and of what is in it
        open_.push_back({leaf(kind), {}, 0});
        if (kind == JsonNode::Kind::Object) open_.back().node.members.reserve(Usual);
    }

    void close() {
        JsonNode node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node));
    }

    void addNumber(double number) {
        JsonNode node = leaf(JsonNode::Kind::Number);
        node.number = number;
        add(std::move(node));
    }

    bool insideStreamed() const {
        return each_ && open_.size() == 2 && open_[1].node.kind == JsonNode::Kind::List &&
               open_[0].node.kind == JsonNode::Kind::Object && open_[0].name == streamed_;
    }

    void add(JsonNode&& node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        if (insideStreamed()) {
            each_(std::move(node));
            source_.startElement();
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == JsonNode::Kind::List) {
            parent.node.items.push_back(std::move(node));
        } else {
            parent.node.members.push_back({parent.name, parent.nameLine, std::move(node)});
        }
    }

    JsonSource& source_;
    std::string streamed_;
    const std::function<void(JsonNode&&)>& each_;
    std::vector<Open> open_;
    JsonNode root_;
};

/// The parser quotes octets of the text, which need not be printable.
std::string printable(std::string text) {
    for (char& c : text) {
        if (c < 0x20 || c == 0x7F) c = '?';
    }
    return text;
}

[[noreturn]] void fail(const std::string& name, std::size_t line, const std::string& message) {
    throw Failure(Fault::OrderUnusable, name + ", line " + std::to_string(line) + ": " + message);
}

}  // namespace

JsonNode readJson(std::istream& in, const std::string& name, const JsonLimits& limits,
                  const std::string& streamed, const std::function<void(JsonNode&&)>& each) {
    JsonSource source(*in.rdbuf(), limits.octets, limits.elementOctets);
    std::istream counted(&source);
    Poco::SharedPtr<NodeBuilder> builder(new NodeBuilder(source, streamed, each));
    // Without setAllowNullByte(false): it makes the parser read the whole text first.
    Poco::JSON::Parser parser(builder);
    parser.setDepth(DeepestNesting);
    try {
        parser.parse(counted);
    } catch (const Poco::Exception& broken) {
        if (source.objection()) fail(name, source.line(), *source.objection());
        fail(name, source.line(),
             "is not JSON in UTF-8 (" + printable(broken.message()) +
                 "); nothing was taken from it, correct it");
    }
    if (source.objection()) fail(name, source.line(), *source.objection());
    return builder->take();
}

std::string_view nameOf(JsonNode::Kind kind) noexcept {
    switch (kind) {
        case JsonNode::Kind::Null: return "null";
        case JsonNode::Kind::Flag: return "true or false";
        case JsonNode::Kind::Number: return "a number";
        case JsonNode::Kind::Text: return "text";
        case JsonNode::Kind::List: return "a list";
        case JsonNode::Kind::Object: return "an object";
    }
    return "unknown";
}

}  // namespace zegel::station

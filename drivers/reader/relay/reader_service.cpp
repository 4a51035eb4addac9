#include "drivers/reader/relay/reader_service.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <map>
#include <mutex>
#include <sys/socket.h>
#include <thread>

namespace zegel::drivers {
namespace {

using std::chrono::milliseconds;

constexpr auto Done = relayOctet(RelayAnswer::Done);

std::uint8_t octetAt(ByteView message, std::size_t offset) {
    if (message.size() > offset) return message[offset];
    throw Failure{Fault::Defect, "a message between the station and its readers is cut short"};
}

Bytes presenceAnswer(const Presence& presence) {
    auto answer = Bytes{Done[0], static_cast<std::uint8_t>(presence.state)};
    const auto events = relayNumber(presence.events);
    answer.insert(answer.end(), events.begin(), events.end());
    return answer;
}

bool fail(RelayLine& line, Fault fault, std::string_view words,
          RelayAnswer how = RelayAnswer::Failed) {
    const std::array<std::uint8_t, 2> head{static_cast<std::uint8_t>(how),
                                           static_cast<std::uint8_t>(fault)};
    return line.send({head, bytesOf(words)});
}

/// What a line is for: the watch, or one reader and the session on its card.
class Served {
public:
    Served() = default;
    virtual ~Served() = default;
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    /// Answers the question that came. False when the other end has hung up.
    virtual bool answer(RelayLine& line) = 0;
    virtual void interrupt() noexcept = 0;
    /// The other end has hung up: a session under way is over.
    virtual void letGo() noexcept = 0;
};

class ServedWatch final : public Served {
public:
    explicit ServedWatch(ReaderWatch& watch) : watch_(watch) {}

    bool answer(RelayLine& line) override {
        const auto question = line.message();
        if (octetAt(question, 0) == static_cast<std::uint8_t>(RelayAsk::AwaitReaders)) {
            watch_.awaitChange(milliseconds{relayNumberAt(question, 1)});
            return line.send({Done});
        }
        Bytes names;
        for (const auto& name : watch_.readers()) {
            names.insert(names.end(), name.value().begin(), name.value().end());
            names.push_back(0);
        }
        return line.send({Done, names});
    }

    void interrupt() noexcept override { watch_.interrupt(); }
    void letGo() noexcept override {}

private:
    ReaderWatch& watch_;
};

class ServedReader final : public Served {
public:
    explicit ServedReader(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}

    bool answer(RelayLine& line) override {
        const auto question = line.message();
        switch (static_cast<RelayAsk>(octetAt(question, 0))) {
            case RelayAsk::Presence: return line.send({presenceAnswer(reader_->presence())});
            case RelayAsk::AwaitPresence: return line.send({presenceAnswer(await(question))});
            case RelayAsk::Connect:
                session_.reset();
                session_ = reader_->connect();
                return tellCard(line);
            case RelayAsk::PowerCycle: session().powerCycle(); return tellCard(line);
            case RelayAsk::Transmit: return transmit(line);
            case RelayAsk::Disconnect: session_.reset(); return line.send({Done});
            default: throw Failure{Fault::Defect, "a reader was asked what only a watch knows"};
        }
    }

    void interrupt() noexcept override { reader_->interrupt(); }
    void letGo() noexcept override { session_.reset(); }

private:
    CardSession& session() {
        if (session_) return *session_;
        throw Failure{Fault::Defect, "a card was asked before it was connected"};
    }

    Presence await(ByteView question) {
        const Presence known{static_cast<Presence::State>(octetAt(question, 1)),
                             relayNumberAt(question, 2)};
        return reader_->awaitChange(known, milliseconds{relayNumberAt(question, 6)});
    }

    bool tellCard(RelayLine& line) {
        const auto carries = session().carriesExtended();
        const std::array<std::uint8_t, 1> extended{
            static_cast<std::uint8_t>(carries ? static_cast<int>(*carries) : 2)};
        return line.send({Done, extended, session().atr()});
    }

    bool transmit(RelayLine& line) {
        const auto command = iso7816::CommandApdu::decoded(line.message().subspan(1),
                                                           iso7816::CommandApdu::Body::Withheld);
        auto response = session().transmit(command);
        const std::array<std::uint8_t, 2> status{response.status.sw1(), response.status.sw2()};
        const bool sent = line.send({Done, status, response.data});
        OPENSSL_cleanse(response.data.data(), response.data.size());
        return sent;
    }

    std::unique_ptr<Reader> reader_;
    std::unique_ptr<CardSession> session_{};
};

/// A reader in which an earlier line still hangs: to ask the service again would only cost it one
/// more thread and context for each try.
class ServedHanging final : public Served {
public:
    explicit ServedHanging(std::string reader) : reader_(std::move(reader)) {}

    bool answer(RelayLine& line) override {
        return fail(
            line, Fault::ReaderUnavailable,
            "the PC/SC service hangs over reader " + reader_ + ": unplug it, or start pcscd again",
            RelayAnswer::Hanging);
    }
    void interrupt() noexcept override {}
    void letGo() noexcept override {}

private:
    std::string reader_;
};

/// A line and the thread that answers it.
class Post {
public:
    Post(RelaySocket socket, std::string reader, std::unique_ptr<Served> served)
        : line_(std::move(socket)),
          reader_(std::move(reader)),
          served_(std::move(served)),
          thread_([this] { serve(); }) {}
    ~Post() {
        line_.hangUp();
        served_->interrupt();
        thread_.join();
    }
    Post(const Post&) = delete;
    Post& operator=(const Post&) = delete;

    void interrupt() noexcept { served_->interrupt(); }
    bool ended() const noexcept { return ended_; }
    /// It has been left by the station in the middle of a question, which the service still has.
    bool hangsAt(const std::string& reader) const noexcept {
        return reader_ == reader && !ended_ && answering_ && line_.otherLeft();
    }

private:
    void serve() {
        while (line_.receive() == RelayLine::Came::Message && answer()) {
        }
        served_->letGo();
        ended_ = true;
    }

    /// One question's failure is its answer; the line goes on.
    bool answer() {
        answering_ = true;
        const bool sent = tryToAnswer();
        answering_ = false;
        return sent;
    }

    bool tryToAnswer() {
        try {
            return served_->answer(line_);
        } catch (const ServiceGone& gone) {
            return fail(line_, gone.fault(), gone.what(), RelayAnswer::ServiceGone);
        } catch (const Failure& failure) {
            return fail(line_, failure.fault(), failure.what());
        } catch (const std::exception& defect) {
            return fail(line_, Fault::Defect, defect.what());
        }
    }

    RelayLine line_;
    std::string reader_;
    std::unique_ptr<Served> served_;
    std::atomic<bool> answering_{false};
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

struct Told {
    Bytes words;
    RelaySocket passed{};
};

/// The next message of the control socket; nothing when the station has gone.
std::optional<Told> listen(int control) {
    Bytes room(1024);
    iovec piece{room.data(), room.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> beside{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = beside.data();
    message.msg_controllen = beside.size();
    ssize_t got = 0;
    do {
        got = ::recvmsg(control, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return std::nullopt;
    room.resize(static_cast<std::size_t>(got));
    int passed = -1;
    if (const auto* header = CMSG_FIRSTHDR(&message);
        header != nullptr && header->cmsg_type == SCM_RIGHTS) {
        std::memcpy(&passed, CMSG_DATA(header), sizeof passed);
    }
    return Told{std::move(room), RelaySocket{passed}};
}

using Posts = std::map<std::uint32_t, std::unique_ptr<Post>>;

std::unique_ptr<Served> servedOf(const std::string& reader, const Posts& posts,
                                 ReaderWatch& watch) {
    if (reader.empty()) return std::make_unique<ServedWatch>(watch);
    const auto hangs = [&](const auto& post) { return post.second->hangsAt(reader); };
    if (std::ranges::any_of(posts, hangs)) return std::make_unique<ServedHanging>(reader);
    return std::make_unique<ServedReader>(watch.reader(ReaderName{reader}));
}

void obey(Told&& told, Posts& posts, ReaderWatch& watch) {
    std::erase_if(posts, [](const auto& post) { return post.second->ended(); });
    const auto line = relayNumberAt(told.words, 1);
    if (told.words[0] == static_cast<std::uint8_t>(RelayTell::Open)) {
        const auto reader = textOf(ByteView{told.words}.subspan(5));
        auto served = servedOf(reader, posts, watch);
        posts[line] = std::make_unique<Post>(std::move(told.passed), reader, std::move(served));
    } else if (const auto post = posts.find(line); post != posts.end()) {
        post->second->interrupt();
    }
}

}  // namespace

void serveReaders(RelaySocket control, ReaderWatch& watch, const std::function<void()>& whenLeft) {
    Posts posts;
    while (auto told = listen(control.number())) {
        try {
            obey(std::move(*told), posts, watch);
        } catch (const std::exception&) {
            continue;  // the line that was asked for is closed with `told`; the others go on
        }
    }
    whenLeft();
}

}  // namespace zegel::drivers

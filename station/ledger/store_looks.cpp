#include "station/ledger/store.h"

#include <utility>

namespace zegel::station {

/// One thread's look, and the connection it looks through: kept for the next one.
class Store::Look {
public:
    explicit Look(Store& store) : store_(store), through_(store.idleOrNew()) {
        through_->session.begin();
        outer_ = std::exchange(mine, this);
    }
    ~Look() { mine = outer_; }
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;

    /// The one under way in this thread; nothing when there is none.
    static Look* of(const Store& store) noexcept {
        return mine != nullptr && &mine->store_ == &store ? mine : nullptr;
    }
    Connection& through() noexcept { return *through_; }
    /// It went well: the connection may serve again. Any other is closed.
    void end() {
        through_->session.rollback();  // nothing was changed
        const std::lock_guard alone{store_.besideMutex_};
        store_.beside_.push_back(std::move(through_));
    }

private:
    static thread_local Look* mine;
    Look* outer_ = nullptr;  ///< at another ledger

    Store& store_;
    std::unique_ptr<Connection> through_;
};

thread_local Store::Look* Store::Look::mine = nullptr;

std::unique_ptr<Connection> Store::idleOrNew() {
    {
        const std::lock_guard alone{besideMutex_};
        if (!beside_.empty()) {
            auto idle = std::move(beside_.back());
            beside_.pop_back();
            return idle;
        }
    }
    auto fresh = std::make_unique<Connection>(file_);
    fresh->execute("PRAGMA query_only=ON");
    return fresh;
}

void Store::lookBeside(const std::function<void(Connection&)>& look) {
    try {
        if (auto* under = Look::of(*this)) return look(under->through());
        Look fresh{*this};
        look(fresh.through());
        fresh.end();
    } catch (const Poco::Exception& why) {
        throw Failure{Fault::LedgerUnwritable, broken("cannot read the ledger ", why)};
    }
}

}  // namespace zegel::station

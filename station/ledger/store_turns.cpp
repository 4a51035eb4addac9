#include "station/ledger/store.h"

namespace zegel::station {

/// One thread's work, until it is committed or undone.
struct Store::Turn {
    const std::function<void()>& work;
    std::exception_ptr failure{};
    bool ended = false;
};

/// The first thread that finds nobody at it commits for all that wait; those that come meanwhile
/// are the next one's. So a flush of the disk serves as many cards as there are, and nobody
/// starves.
void Store::perform(const std::function<void()>& work) {
    Turn turn{work};
    std::unique_lock lock{mutex_};
    waiting_.push_back(&turn);
    turnEnded_.wait(lock, [&] { return turn.ended || !leading_; });
    if (!turn.ended) {
        leading_ = true;
        const auto turns = std::exchange(waiting_, {});
        lock.unlock();
        commitTogether(turns);
        if (toForget_) emptyJournal();
        lock.lock();
        for (auto* each : turns)
            each->ended = true;
        leading_ = false;
        turnEnded_.notify_all();
    }
    if (turn.failure) std::rethrow_exception(turn.failure);
}

std::size_t Store::turnsWaiting() {
    const std::lock_guard alone{mutex_};
    return waiting_.size();
}

/// In the writer's own turn: another connection that did it would lock him out. What was committed
/// holds whatever becomes of this, so it fails nobody's work.
void Store::emptyJournal() noexcept {
    try {
        session.setConnectionTimeout(0);  // a reader is asked again later, the line does not wait
        auto rows = select("PRAGMA wal_checkpoint(TRUNCATE)");
        toForget_ = numberAt(rows, "busy") != 0;
    } catch (const Poco::Exception&) {
        toForget_ = true;
    }
    session.setConnectionTimeout(WaitSeconds);
}

void Store::commitTogether(const std::vector<Turn*>& turns) {
    if (turns.size() == 1) return commitAlone(*turns.front());
    const auto undoAll = [&](const std::exception_ptr& failure) {
        undo();
        for (auto* turn : turns)
            turn->failure = failure;
    };
    try {
        session.begin();
        for (auto* turn : turns) {
            execute("SAVEPOINT turn");
            try {
                turn->work();
            } catch (const Poco::Exception&) {
                throw;
            } catch (...) {
                turn->failure = std::current_exception();
                execute("ROLLBACK TO turn");
            }
            execute("RELEASE turn");
        }
        session.commit();
    } catch (const Poco::Exception&) {
        // Whose work it was cannot be told: SQLite may have undone all of them.
        undoAll(nullptr);
        for (auto* turn : turns)
            commitAlone(*turn);
    } catch (...) {
        undoAll(std::current_exception());
    }
}

void Store::commitAlone(Turn& turn) {
    try {
        session.begin();
        turn.work();
        session.commit();
    } catch (const Poco::Exception& why) {
        undo();
        turn.failure = std::make_exception_ptr(
            Failure{Fault::LedgerUnwritable, broken("cannot write the ledger ", why)});
    } catch (...) {
        undo();
        turn.failure = std::current_exception();
    }
}

}  // namespace zegel::station

#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/storage/database.h"

/// A bounded set of connections that threads borrow and give back.
namespace thien_an::storage {

template <typename Connection>
class Pool {
public:
    /// A borrowed connection; back in the pool at the end of its scope, unless `discard` dropped it.
    class Loan {
    public:
        Loan(Pool& pool, std::unique_ptr<Connection> connection)
            : pool_(pool), connection_(std::move(connection))
        {
        }
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        ~Loan() { pool_.give_back(std::move(connection_)); }

        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_.get(); }
        void discard() { connection_.reset(); }  ///< The next borrower opens a new one.
        void replace(std::unique_ptr<Connection> connection) { connection_ = std::move(connection); }

    private:
        Pool& pool_;
        std::unique_ptr<Connection> connection_;
    };

    /// At most `size` connections, made by `open` when first needed.
    Pool(int size, std::size_t waiting_max, std::function<std::unique_ptr<Connection>()> open)
        : open_(std::move(open)), unopened_(size), waiting_max_(waiting_max)
    {
    }

    /// Waits up to `patience`; throws Busy after that, or at once when too many wait already.
    Loan borrow(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(mutex_);
        if (waiting_ >= waiting_max_) throw Busy("too many commands wait for a connection");
        ++waiting_;
        const bool got = free_one_.wait_for(lock, patience, [&] { return !idle_.empty() || unopened_ > 0; });
        --waiting_;
        if (!got) throw Busy("no connection became free in time");
        std::unique_ptr<Connection> connection;
        if (idle_.empty()) {
            --unopened_;
        } else {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
        lock.unlock();
        return Loan(*this, connection ? std::move(connection) : opened());
    }

private:
    std::unique_ptr<Connection> opened()
    {
        try {
            return open_();
        } catch (const std::exception&) {
            give_back(nullptr);
            throw;
        }
    }

    void give_back(std::unique_ptr<Connection> connection)
    {
        const std::lock_guard lock(mutex_);
        if (connection) {
            idle_.push_back(std::move(connection));
        } else {
            ++unopened_;
        }
        free_one_.notify_one();
    }

    std::function<std::unique_ptr<Connection>()> open_;
    std::mutex mutex_;
    std::condition_variable free_one_;
    std::vector<std::unique_ptr<Connection>> idle_;
    int unopened_;
    std::size_t waiting_max_;
    std::size_t waiting_ = 0;
};

}  // namespace thien_an::storage

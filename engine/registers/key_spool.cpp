#include "engine/registers/key_spool.h"

#include <fmt/format.h>

#include <algorithm>

namespace thien_an::registers {
namespace {

constexpr std::size_t keys_in_memory = 1'000'000;  // 24 MB.
constexpr std::size_t keys_read_at_once = 8192;

}  // namespace

void KeySpool::add(const PersonKey& key)
{
    kept_.push_back(key);
    if (kept_.size() == keys_in_memory) write_run();
}

void KeySpool::write_run()
{
    std::sort(kept_.begin(), kept_.end());
    const auto path = folder_ / fmt::format("keys-{}", runs_.size());
    Run run{std::unique_ptr<std::FILE, Close>(std::fopen(path.c_str(), "w+b")), {}, 0};
    if (!run.file) throw std::runtime_error("cannot write " + path.string());
    std::filesystem::remove(path);  // It goes when the spool does, however that ends.
    if (std::fwrite(kept_.data(), sizeof(PersonKey), kept_.size(), run.file.get()) != kept_.size() ||
        std::fflush(run.file.get()) != 0)
        throw std::runtime_error("no room for the keys of an index in " + folder_.string());
    std::rewind(run.file.get());
    kept_.clear();
    runs_.push_back(std::move(run));
}

bool KeySpool::Run::fill()
{
    read.resize(keys_read_at_once);
    read.resize(std::fread(read.data(), sizeof(PersonKey), read.size(), file.get()));
    at = 0;
    return !read.empty();
}

void KeySpool::begin_reading()
{
    reading_ = true;
    write_run();
    for (std::size_t i = 0; i < runs_.size(); ++i)
        if (runs_[i].fill()) heap_.push_back(i);
}

std::vector<PersonKey> KeySpool::next(std::size_t most)
{
    if (!reading_) begin_reading();
    const auto later = [&](std::size_t a, std::size_t b) {
        return runs_[b].read[runs_[b].at] < runs_[a].read[runs_[a].at];
    };
    std::make_heap(heap_.begin(), heap_.end(), later);
    std::vector<PersonKey> out;
    out.reserve(most);
    while (out.size() < most && !heap_.empty()) {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        auto& run = runs_[heap_.back()];
        const auto key = run.read[run.at++];
        if (out.empty() || out.back() != key) out.push_back(key);
        if (run.at < run.read.size() || run.fill())
            std::push_heap(heap_.begin(), heap_.end(), later);
        else
            heap_.pop_back();
    }
    return out;
}

}  // namespace thien_an::registers

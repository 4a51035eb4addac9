#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

namespace zegel::station {

/// A folder that others put files in. A file counts once it has a name ending in ".json" and not
/// beginning with a dot: write it under another name and rename it.
///
/// Each file is handled once and then moved to "taken" or, when `handle` throws a Failure of the
/// sender's making (OrderUnusable, RequestRefused), to "refused" with the reason beside it as
/// "<name>.reason.txt". A file whose name will not do is refused too, and kept and told of under a
/// plain one (inbox_name.h). Any other Failure leaves the file where it is and goes up.
class Inbox {
public:
    using Handle = std::function<void(const std::filesystem::path&)>;
    /// Hears each refusal, by the plain name of the file.
    using Refused = std::function<void(const std::string& name, const std::string& reason)>;

    /// Makes the folder and its two sub-folders where they are missing.
    Inbox(std::filesystem::path folder, Handle handle, Refused refused);

    /// Handles what is there now, oldest first. Gives how many files were handled; none when the
    /// folder cannot be looked into. What is missing in the folder around it is made again; that
    /// one itself never: it may have to be mounted there.
    std::size_t empty();

    /// Why the folder could not be looked into the last time; empty when it could.
    const std::string& trouble() const noexcept { return trouble_; }

private:
    void makeFolders(std::error_code& problem) const;
    void handle(const std::filesystem::path& file);
    bool wasTakenBack(const std::filesystem::path& file) const;
    void putAway(const std::filesystem::path& file, const std::filesystem::path& to) const;
    void miss(const std::error_code& problem);

    std::filesystem::path folder_;
    Handle handle_;
    Refused refused_;
    std::string trouble_;
};

}  // namespace zegel::station

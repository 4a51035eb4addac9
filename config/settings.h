#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::config {

/// How much the station's log tells. A secret stands in none of them.
enum class Verbosity {
    Mishaps,    ///< what somebody has to act on
    Progress,   ///< what happened to every order, card and letter
    Everything  ///< and every step on the way
};

/// What is taken from files in the inbox; the rest comes over the API only, in the name of a
/// certificate.
struct InboxTakings {
    bool batches = true;
    bool receipts = true;
    bool decisions = true;  ///< of people: on orders, readers and certificates in doubt
};

/// The station itself and the folders it works in. Folders it writes are made when missing
/// (`makeFolders`), for their owner only.
struct StationSettings {
    std::string name;                ///< as it stands in reports: "Production room 1"
    std::string issuerPrefix;        ///< in front of certificate numbers, two to four capitals
    std::filesystem::path profiles;  ///< card profiles (*.toml)
    std::filesystem::path ledger;    ///< SQLite file
    std::filesystem::path inbox;     ///< where the order system lays batches and receipts
    InboxTakings inboxTakes;
    std::filesystem::path reports;  ///< where it finds status files
    /// Released letters, for the print room; none: it asks the API for them.
    std::optional<std::filesystem::path> letters;
    std::optional<std::filesystem::path> notes;  ///< papers that go along with cards; none: none
    std::filesystem::path escrow;                ///< sealed copies of confidentiality keys
    std::filesystem::path log;                   ///< file
    Verbosity verbosity = Verbosity::Progress;
    std::optional<std::filesystem::path> transcripts;  ///< a file per card; none: none are kept
};

/// One PC/SC service (pcscd), which holds at most sixteen readers.
struct ReaderService {
    std::string name;                   ///< in front of its readers' names; empty: the only one
    std::optional<std::string> socket;  ///< PCSCLITE_CSOCK_NAME; none: the system's service
};

/// Readers, by patterns on the names the PC/SC service gives them: '*' stands for any characters,
/// '?' for one; case does not matter (`matches`).
struct ReaderSettings {
    std::vector<ReaderService> services;     ///< at least one
    std::vector<std::string> tokenReaders;   ///< what matches is a USB token, not a card reader
    std::vector<std::string> ignoreReaders;  ///< left alone
};

/// What is expected of chips.
struct ChipSettings {
    /// Makers' certificates that a chip's attestation must lead to; none: no attestation is
    /// verified.
    std::vector<std::filesystem::path> attestationRoots;
};

/// The CA, reached by CMP over HTTP.
struct AuthoritySettings {
    std::string url;                                  ///< "http://ca.example:8829/cmp"
    std::vector<std::filesystem::path> certificates;  ///< trusted for its answers and certificates
    std::filesystem::path certificate;                ///< of the station as registration authority
    std::string keyLabel;                             ///< its key in the house's token
    std::chrono::seconds answerWithin{};              ///< one HTTP exchange
    std::chrono::seconds decideWithin{};              ///< one certificate, polling included
    std::size_t lines = 0;                            ///< messages at once
    std::vector<std::string>
        crl;  ///< where its CRLs lie: "http://…" or a path; none: not looked for
    std::chrono::seconds crlLookEvery{};  ///< while a revoked certificate is not in it yet
    std::chrono::seconds crlWithin{};     ///< what is not in it then is for a person
};

/// The PKCS#11 token with the keys of the house.
struct TokenSettings {
    std::filesystem::path module;   ///< shared library
    std::string label;              ///< of the token
    std::filesystem::path pinFile;  ///< one line, readable by its owner only
    std::string masterKeyLabel;     ///< AES, diversifies card keys
    std::string wrapKeyLabel;       ///< AES, wraps shared confidentiality keys
};

/// Who may open what the station seals, and the key it signs with.
struct SealSettings {
    std::vector<std::filesystem::path> printRoom;  ///< certificates; each can open every letter
    std::filesystem::path certificate;             ///< of the station, for the print room to check
    std::string keyLabel;                          ///< its key in the house's token
    std::filesystem::path recovery;                ///< certificate that escrow copies are sealed to
};

/// How long the station keeps what it needs for another print of a letter.
struct LetterSettings {
    int keepSealedDays = 30;  ///< after it was posted, came back, was spoiled or expired
};

/// Where every change of state is told to.
struct OrdersSettings {
    std::string eventsUrl;              ///< "https://orders.example/zegel/events"
    std::filesystem::path certificate;  ///< of the station, for the order system to check
    std::string keyLabel;               ///< its key in the house's token, P-256
    std::vector<std::filesystem::path> certificates;  ///< roots for https; none: the machine's
    std::chrono::seconds answerWithin{};              ///< one event
    std::chrono::seconds longestPause{};              ///< between two tries
};

/// The HTTPS service for the order system, the command line and the console.
struct ApiSettings {
    std::string address;                             ///< of an interface: "127.0.0.1", "::1"
    std::uint16_t port = 0;                          ///< 0: any that is free
    std::filesystem::path certificate;               ///< the server's, with those above it, PEM
    std::filesystem::path key;                       ///< its key, PEM, readable by its owner only
    std::filesystem::path clientCa;                  ///< whose clients are let in, up to the root
    std::optional<std::filesystem::path> clientCrl;  ///< then enforced
    std::filesystem::path accessLog;                 ///< a JSON object a line
    int requestsPerSecond = 0;                       ///< of one client
    std::chrono::seconds answerWithin{};             ///< one request
    std::chrono::seconds batchWithin{};              ///< one that brings a batch
    std::chrono::seconds approvalsLast{};            ///< how long a second person has to answer
    /// Role, and the common names or "sha256:" fingerprints of the certificates that have it.
    std::map<std::string, std::vector<std::string>> roles;
};

/// Everything the station is told before it starts.
struct Settings {
    std::filesystem::path file;  ///< absolute
    StationSettings station;
    ReaderSettings readers;
    ChipSettings chips;
    AuthoritySettings authority;
    TokenSettings token;
    SealSettings seal;
    LetterSettings letters;
    std::optional<OrdersSettings> orders;  ///< none: the order system looks for itself
    std::optional<ApiSettings> api;        ///< none: no API
};

/// Whether the files that settings name have to be there: the station needs them, a command that
/// only lays something in the inbox does not.
enum class NamedFiles { Wanted, NotAsked };

/// Reads TOML strictly (config/examples/station.toml tells every key). Relative paths are relative
/// to the settings file.
/// Errors: SettingUnusable naming file, line, column, key and what to do: unknown keys, wrong
/// types, numbers out of range, a named file that is missing, a PIN file that others may read.
Settings readSettings(const std::filesystem::path& file, NamedFiles files = NamedFiles::Wanted);

/// Makes the folders that the station writes in, for their owner only (0700); leaves those alone
/// that are there. Errors: SettingUnusable naming the folder.
void makeFolders(const Settings& settings);

/// Whether a reader's name matches one of the patterns.
bool matches(const std::vector<std::string>& patterns, std::string_view readerName);

}  // namespace zegel::config

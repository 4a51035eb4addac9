#pragma once

#include "pinmailer/press/printing/secret_document.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zegel::press {

/// Where a printer is, and how it is known.
struct PrinterAddress {
    std::string uri;          ///< "ipps://printer.example/ipp/print"; "ipp://…" to this machine
    std::string certificate;  ///< PEM file: the one that an ipps printer must hold
    std::string media;        ///< "iso_a4_210x297mm" (PWG 5101.1); empty: what the printer takes
    std::chrono::milliseconds answerWithin{30'000};
    bool inTheClear = false;  ///< ipp also to another machine: whoever is on the wire reads codes
};

/// What a printer says of itself (RFC 8011, 5.4.11 to 5.4.13, 5.4.23).
struct PrinterLook {
    enum class State { Idle, Processing, Stopped };
    State state = State::Stopped;
    bool accepts = false;
    std::vector<std::string> reasons;  ///< printer-state-reasons, without "none"
};

/// What a printer says of one job (RFC 8011, 5.3.7, 5.3.8, 5.3.18.2).
struct JobLook {
    enum class State { Waiting, Held, Processing, Stopped, Canceled, Aborted, Completed };
    State state = State::Waiting;
    std::vector<std::string> reasons;         ///< job-state-reasons, without "none"
    std::vector<std::string> printerReasons;  ///< of the printer meanwhile
    std::optional<int> impressions;           ///< sides that came out; nothing when not told
    bool ended() const noexcept { return state >= State::Canceled; }
};

/// What became of a document.
struct Sent {
    enum class How {
        Taken,    ///< the printer says that it has it
        Nothing,  ///< not one octet of it went out
        Unknown   ///< some may have: only the printer's word on the job helps, or a person
    };
    How how = How::Unknown;
    std::string why;  ///< for people; empty when taken
};

/// One IPP printer (RFC 8010, 8011; IPP Everywhere), asked straight, without a spooler between.
/// Titles are the letter's opaque id. Every question has its own connection, so nothing is ever
/// sent twice behind our back. For one thread.
/// Errors of every call: PrinterUnavailable when it cannot be reached, does not answer, or says no.
class Printer {
public:
    /// Errors: SettingUnusable for an address that is none, or an ipps one without certificate.
    explicit Printer(PrinterAddress address);
    Printer(Printer&&) noexcept;
    Printer& operator=(Printer&&) noexcept;
    Printer(const Printer&) = delete;
    Printer& operator=(const Printer&) = delete;
    ~Printer();

    PrinterLook look();

    /// Makes an empty job. Nothing when the printer is busy or stopped.
    std::optional<int> createJob(const std::string& title);

    /// Sends the whole document to the job. What fails is told by the outcome.
    Sent send(int job, const std::string& title, const SecretDocument& document);

    /// Nothing when the printer knows no such job of this title: numbers may begin anew when a
    /// printer is started anew, and then belong to others.
    std::optional<JobLook> job(int id, const std::string& title);

    /// Jobs of this title that have not ended.
    std::vector<int> openJobsNamed(const std::string& title);

    /// Takes a job off. One that is over, or another's by now, is left alone. Empty when it will
    /// not print any more; else why the printer keeps it.
    [[nodiscard]] std::string cancel(int job, const std::string& title);

    const std::string& uri() const noexcept;

private:
    struct Works;
    std::unique_ptr<Works> works_;
};

}  // namespace zegel::press

#pragma once

#include "pinmailer/press/printing/printer.h"

#include <chrono>
#include <functional>
#include <string>

namespace zegel::press {

/// A line for the person at the printer.
using Say = std::function<void(const std::string&)>;
/// Whether somebody asked this program to end.
using AskedToEnd = std::function<bool()>;

/// How long a printer is waited for.
struct Patience {
    std::chrono::milliseconds ready{900'000};   ///< until it can begin
    std::chrono::milliseconds finish{300'000};  ///< until a letter that it has is done
    bool countsImpressions = true;              ///< false: its word "completed" must do
};

/// What became of a letter that the printer has.
struct JobEnd {
    bool printed = false;
    std::string why;  ///< otherwise
};

/// Why a printer cannot begin now, in words; empty when it can. What a printer merely reports or
/// warns of hinders nothing, but a jam always does.
std::string hindranceOf(const PrinterLook& look);

/// Whether one of these printer or job state reasons tells of paper in the wrong place.
bool tellsOfJam(const std::vector<std::string>& reasons);

/// Waits for a printer: before a letter until it can begin, and after it until it is out.
class PrinterWatch {
public:
    PrinterWatch(Printer& printer, Patience patience, Say say, AskedToEnd askedToEnd)
        : printer_(printer),
          patience_(patience),
          say_(std::move(say)),
          askedToEnd_(std::move(askedToEnd)) {}

    /// Empty when it can begin; else why it could not in time, or that somebody asked to end.
    std::string awaitReady();

    /// Makes an empty job as soon as the printer takes one; 0 when it did not in time (`why`).
    int awaitJob(const std::string& title, std::string& why);

    /// Printed only when the printer completed the job, counted exactly `sides`, and told of no
    /// jam meanwhile. A job that is given up is taken off the printer, so that it never prints on
    /// its own later; where the printer refuses that, the reason says so. `acknowledged`: the
    /// printer had said that it has the whole document. Without that, its "completed" may be of a
    /// document that was cut: never printed.
    JobEnd follow(int job, const std::string& title, int sides, bool acknowledged);

private:
    /// Jobs that it made of this title without our hearing of it: they would keep it busy.
    void dropUnheard(const std::string& title);
    JobEnd giveUp(int job, const std::string& title, const std::string& why);

    Printer& printer_;
    Patience patience_;
    Say say_;
    AskedToEnd askedToEnd_;
};

}  // namespace zegel::press

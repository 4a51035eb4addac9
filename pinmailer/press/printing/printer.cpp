#include "pinmailer/press/printing/printer.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/printing/ipp_message.h"
#include "pinmailer/press/printing/printer_uri.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace zegel::press {
namespace {

constexpr const char* Pdf = "application/pdf";
constexpr const char* IppType = "application/ipp";

Trust trustIn(const PrinterAddress& address) {
    Trust trust;
    trust.pinned = address.certificate;
    return trust;
}

void ask(ipp_t& request, std::span<const char* const> attributes) {
    ippAddStrings(&request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                  static_cast<int>(attributes.size()), nullptr, attributes.data());
}

std::vector<std::string> reasonsIn(ipp_t& answer, const char* attribute) {
    auto reasons = wordsIn(answer, attribute);
    std::erase(reasons, "none");
    return reasons;
}

PrinterLook::State printerStateIn(ipp_t& answer) {
    switch (numberIn(answer, "printer-state").value_or(IPP_PSTATE_STOPPED)) {
        case IPP_PSTATE_IDLE: return PrinterLook::State::Idle;
        case IPP_PSTATE_PROCESSING: return PrinterLook::State::Processing;
        default: return PrinterLook::State::Stopped;
    }
}

JobLook::State jobStateIn(ipp_t& answer) {
    switch (numberIn(answer, "job-state").value_or(IPP_JSTATE_PENDING)) {
        case IPP_JSTATE_HELD: return JobLook::State::Held;
        case IPP_JSTATE_PROCESSING: return JobLook::State::Processing;
        case IPP_JSTATE_STOPPED: return JobLook::State::Stopped;
        case IPP_JSTATE_CANCELED: return JobLook::State::Canceled;
        case IPP_JSTATE_ABORTED: return JobLook::State::Aborted;
        case IPP_JSTATE_COMPLETED: return JobLook::State::Completed;
        default: return JobLook::State::Waiting;
    }
}

bool isBusy(ipp_status_t status) {
    return status == IPP_STATUS_ERROR_BUSY || status == IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS ||
           status == IPP_STATUS_ERROR_TEMPORARY || status == IPP_STATUS_ERROR_DEVICE ||
           status == IPP_STATUS_ERROR_PRINTER_IS_DEACTIVATED;
}

bool isDone(ipp_status_t status) {
    return status >= IPP_STATUS_OK && status <= IPP_STATUS_OK_EVENTS_COMPLETE;
}

std::string wordsOf(ipp_t& answer) {
    const auto said = wordsIn(answer, "status-message");
    const std::string name = ippErrorString(ippGetStatusCode(&answer));
    return said.empty() ? name : name + ": " + said.front();
}

}  // namespace

struct Printer::Works {
    PrinterAddress address;
    std::string url;
    Wire wire;

    [[noreturn]] void fail(const std::string& why) const {
        throw Failure{Fault::PrinterUnavailable, "the printer " + address.uri + " " + why};
    }

    IppPtr request(ipp_op_t operation) const { return requestFor(operation, address.uri); }

    IppPtr answerIn(std::variant<Reply, Silence> outcome, std::string& why) const {
        if (const auto* silence = std::get_if<Silence>(&outcome)) {
            why = "does not answer: " + silence->why;
            return nullptr;
        }
        const auto& reply = std::get<Reply>(outcome);
        if (reply.status != 200) {
            why = "answers with HTTP status " + std::to_string(reply.status) +
                  "; compare its address with its manual";
            return nullptr;
        }
        auto answer = decodeIpp(reply.body);
        if (!answer) why = "answers with something that is not IPP; compare its address";
        return answer;
    }

    /// A question without a document.
    IppPtr put(ipp_t& question) {
        const auto octets = encode(question);
        PlainOctets body{octets};
        std::string why;
        auto answer = answerIn(wire.post(url, IppType, body), why);
        if (!answer) fail(why);
        return answer;
    }

    void expectDone(ipp_t& answer) const {
        if (!isDone(ippGetStatusCode(&answer))) fail("says no: " + wordsOf(answer));
    }

    void addTicket(ipp_t& question) const {
        ippAddString(&question, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", nullptr, "one-sided");
        ippAddString(&question, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", nullptr, "none");
        ippAddInteger(&question, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", 1);
        if (address.media.empty()) return;
        ippAddString(&question, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", nullptr,
                     address.media.c_str());
    }
};

Printer::Printer(PrinterAddress address) {
    auto url = httpOf(address);
    Wire wire{trustIn(address), Connection::OncePerQuestion, address.answerWithin};
    works_.reset(new Works{std::move(address), std::move(url), std::move(wire)});
}

Printer::Printer(Printer&&) noexcept = default;
Printer& Printer::operator=(Printer&&) noexcept = default;
Printer::~Printer() = default;

const std::string& Printer::uri() const noexcept {
    return works_->address.uri;
}

PrinterLook Printer::look() {
    constexpr std::array Wanted{"printer-state", "printer-state-reasons",
                                "printer-is-accepting-jobs"};
    const auto question = works_->request(IPP_OP_GET_PRINTER_ATTRIBUTES);
    ask(*question, Wanted);
    const auto answer = works_->put(*question);
    works_->expectDone(*answer);
    auto* const accepts =
        ippFindAttribute(answer.get(), "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
    return {printerStateIn(*answer), accepts != nullptr && ippGetBoolean(accepts, 0) != 0,
            reasonsIn(*answer, "printer-state-reasons")};
}

std::optional<int> Printer::createJob(const std::string& title) {
    const auto question = works_->request(IPP_OP_CREATE_JOB);
    ippAddString(question.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", nullptr,
                 title.c_str());
    works_->addTicket(*question);
    const auto answer = works_->put(*question);
    if (isBusy(ippGetStatusCode(answer.get()))) return std::nullopt;
    works_->expectDone(*answer);
    const auto job = numberIn(*answer, "job-id");
    if (!job) works_->fail("made a job without telling its number");
    return job;
}

Sent Printer::send(int job, const std::string& title, const SecretDocument& document) {
    const auto question = works_->request(IPP_OP_SEND_DOCUMENT);
    ippAddInteger(question.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    ippAddString(question.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "document-name", nullptr,
                 title.c_str());
    ippAddString(question.get(), IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", nullptr,
                 Pdf);
    ippAddBoolean(question.get(), IPP_TAG_OPERATION, "last-document", 1);
    const auto head = encode(*question);
    DocumentBehind body{head, document};
    std::string why;
    const auto answer = works_->answerIn(works_->wire.post(works_->url, IppType, body), why);
    if (!answer) return {body.begun() ? Sent::How::Unknown : Sent::How::Nothing, why};
    if (!isDone(ippGetStatusCode(answer.get())))
        return {Sent::How::Unknown, "says no: " + wordsOf(*answer)};
    return {Sent::How::Taken, {}};
}

std::optional<JobLook> Printer::job(int id, const std::string& title) {
    constexpr std::array Wanted{"job-name", "job-state", "job-state-reasons",
                                "job-impressions-completed", "job-printer-state-reasons"};
    const auto question = works_->request(IPP_OP_GET_JOB_ATTRIBUTES);
    ippAddInteger(question.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id);
    ask(*question, Wanted);
    const auto answer = works_->put(*question);
    const auto status = ippGetStatusCode(answer.get());
    if (status == IPP_STATUS_ERROR_NOT_FOUND || status == IPP_STATUS_ERROR_GONE)
        return std::nullopt;
    works_->expectDone(*answer);
    if (wordsIn(*answer, "job-name") != std::vector{title}) return std::nullopt;
    return JobLook{jobStateIn(*answer), reasonsIn(*answer, "job-state-reasons"),
                   reasonsIn(*answer, "job-printer-state-reasons"),
                   numberIn(*answer, "job-impressions-completed")};
}

std::vector<int> Printer::openJobsNamed(const std::string& title) {
    constexpr std::array Wanted{"job-id", "job-name"};
    const auto question = works_->request(IPP_OP_GET_JOBS);
    ippAddString(question.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", nullptr,
                 "not-completed");
    ask(*question, Wanted);
    const auto answer = works_->put(*question);
    works_->expectDone(*answer);
    std::vector<int> jobs;
    int job = 0;
    bool named = false;
    for (auto* at = ippFirstAttribute(answer.get());; at = ippNextAttribute(answer.get())) {
        const char* const said = at == nullptr ? nullptr : ippGetName(at);
        const std::string name = said == nullptr ? "" : said;
        if (name == "job-id") job = ippGetInteger(at, 0);
        if (name == "job-name") {
            const char* const value = ippGetString(at, 0, nullptr);
            named = value != nullptr && title == value;
        }
        if (!name.empty()) continue;
        if (named && job > 0) jobs.push_back(job);  // one job ends here, or all of them
        job = 0;
        named = false;
        if (at == nullptr) break;
    }
    return jobs;
}

std::string Printer::cancel(int job, const std::string& title) {
    const auto isOver = [&] {
        const auto look = this->job(job, title);
        return !look || look->ended();
    };
    if (isOver()) return {};
    const auto question = works_->request(IPP_OP_CANCEL_JOB);
    ippAddInteger(question.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    const auto answer = works_->put(*question);
    if (isDone(ippGetStatusCode(answer.get())) || isOver()) return {};
    return "the printer keeps job " + std::to_string(job) + ": " + wordsOf(*answer);
}

}  // namespace zegel::press

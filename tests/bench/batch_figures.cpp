#include "tests/bench/batch_figures.h"

#include "drivers/base/failure.h"
#include "station/orders/batch_file.h"
#include "station/report/ledger_report.h"
#include "tests/bench/feeder.h"
#include "tests/bench/workshop.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <thread>

namespace zegel::bench {
namespace {

namespace fs = std::filesystem;

constexpr int Readers = 4;
constexpr std::size_t PageSize = 100;

std::string orderAt(std::size_t place) {
    const auto number = std::to_string(place);
    return R"({
      "order": "ORDER-2026-)" +
           number + R"(",
      "profile": ")" +
           ShippedP256 + R"(",
      "groupId": "group-)" +
           std::to_string(place / 4) + R"(",
      "language": "nl",
      "subject": {
        "country": "NL",
        "organisation": "Stichting Gemeentelijk Archief Almelo",
        "kvkNumber": "69599084",
        "group": "TRIAL Archief )" +
           std::to_string(place / 4) + R"("
      },
      "manager": {
        "name": "Marieke van den Berg-Jansen",
        "organisation": "Stichting Gemeentelijk Archief Almelo",
        "email": "certificates.)" +
           number + R"(@archief.example",
        "address": {
          "street": ["Gebouw De Kluis", "Voorstraat )" +
           number + R"("],
          "postcode": "7607 AB",
          "town": "Almelo",
          "country": "NL"
        }
      }
    })";
}

std::size_t layOut(const fs::path& file, std::size_t orders) {
    std::ofstream out{file, std::ios::binary};
    out << "{\n  \"batch\": \"LARGEST\",\n  \"count\": " << orders << ",\n  \"orders\": [";
    for (std::size_t place = 1; place <= orders; ++place)
        out << (place == 1 ? "" : ", ") << orderAt(place);
    out << "]\n}\n";
    out.close();
    return fs::file_size(file);
}

template <typename Work>
Stint timed(Work&& work) {
    const auto from = now();
    const auto workedBefore = threadWork();
    work();
    return {now() - from, threadWork() - workedBefore};
}

/// Of this process, since it began.
std::size_t highestMemory() {
    std::ifstream status{"/proc/self/status"};
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
    return 0;
}

Span nearlyAll(std::vector<Span> spans) {
    std::ranges::sort(spans);
    return spans.empty() ? Span{} : spans[(spans.size() * 99 - 1) / 100];
}

template <typename Look>
Span nearlyAllOf(std::size_t looks, std::size_t orders, Look&& look) {
    std::vector<Span> spans;
    for (std::size_t at = 0; at < looks; ++at) {
        const auto place = 1 + at * 7919 % orders;  // here and there
        spans.push_back(timed([&] { look(place); }).wall);
    }
    return nearlyAll(std::move(spans));
}

void lookAround(station::Ledger& ledger, const BatchId& id, std::size_t orders, std::size_t looks,
                BatchFigures& figures) {
    figures.order = nearlyAllOf(looks, orders, [&](std::size_t place) {
        if (!ledger.order(OrderId{"ORDER-2026-" + std::to_string(place)}))
            throw Failure{Fault::Defect, "an order is not in the ledger"};
    });
    const auto batch = ledger.batch(id).value();
    figures.page = nearlyAllOf(looks, orders, [&](std::size_t place) {
        station::ordersAfter(ledger, batch, place, PageSize);
    });
    figures.batch = nearlyAllOf(looks, orders, [&](std::size_t) { ledger.orderCounts(batch.id); });
}

}  // namespace

BatchFigures batchTaken(std::size_t orders, std::size_t looks) {
    tests::House house;
    BatchFigures figures;
    const auto file = house.folder / "batch.json";
    figures.octets = layOut(file, orders);
    {
        station::Batch batch;
        figures.reading =
            timed([&] { batch = station::readBatchFile(file.string(), house.profiles); });
        figures.keeping = timed([&] { house.ledger->accept(batch, batch.digest); });
        figures.memory = highestMemory();
        if (batch.orders.size() != orders)
            throw Failure{Fault::Defect, "not all orders of the batch were taken"};
    }
    Feeder feeder{house, static_cast<int>(std::min<std::size_t>(orders, 2'000)), Readers, "none"};
    house.startLine();
    feeder.feedAll();
    std::jthread feeding{[&](const std::stop_token& ending) {
        while (!ending.stop_requested())
            house.await([&] { return feeder.attend() || ending.stop_requested(); },
                        std::chrono::seconds{1});
    }};
    lookAround(*house.ledger, BatchId{"LARGEST"}, orders, looks, figures);
    feeding.request_stop();
    feeding.join();
    house.stopLine();
    return figures;
}

}  // namespace zegel::bench

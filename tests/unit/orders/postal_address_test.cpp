#include "station/orders/postal_address.h"

#include "drivers/base/failure.h"
#include "station/orders/country.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::station {
namespace {

using ::testing::ElementsAre;

Receiver janAtHome() {
    return {.name = "Jan Jansen",
            .organisation = "",
            .street = {"Voorstraat 1"},
            .postcode = "7607 HX",
            .town = "Almelo",
            .country = "NL",
            .email = std::nullopt};
}

TEST(PostalAddress, putsTwoSpacesBetweenPostcodeAndTownInCapitals) {
    EXPECT_THAT(postalAddress(janAtHome()),
                ElementsAre("Jan Jansen", "Voorstraat 1", "7607 HX  ALMELO"));
}

TEST(PostalAddress, namesTheOrganisationBelowTheManager) {
    Receiver receiver = janAtHome();
    receiver.organisation = "Stichting Archief";
    receiver.street = {"t.a.v. de poort", "Kamer 2", "Voorstraat 1"};
    EXPECT_THAT(postalAddress(receiver),
                ElementsAre("Jan Jansen", "Stichting Archief", "t.a.v. de poort", "Kamer 2",
                            "Voorstraat 1", "7607 HX  ALMELO"));
}

TEST(PostalAddress, writesACapitalForEveryLetterOfATown) {
    Receiver receiver = janAtHome();
    receiver.town = "Sint-Jânsgea é";
    EXPECT_EQ(postalAddress(receiver).back(), "7607 HX  SINT-JÂNSGEA É");
}

TEST(PostalAddress, writesTheCountryInEnglishOnTheLastLineAbroad) {
    Receiver receiver = janAtHome();
    receiver.postcode = "1000";
    receiver.town = "Brussel";
    receiver.country = "BE";
    EXPECT_THAT(postalAddress(receiver),
                ElementsAre("Jan Jansen", "Voorstraat 1", "1000  BRUSSEL", "BELGIUM"));
    receiver.postcode = "";
    receiver.town = "Dublin";
    receiver.country = "IE";
    EXPECT_THAT(postalAddress(receiver),
                ElementsAre("Jan Jansen", "Voorstraat 1", "DUBLIN", "IRELAND"));
}

TEST(PostalAddress, refusesMoreThanSixLinesAndFewerThanThree) {
    Receiver receiver = janAtHome();
    receiver.organisation = "Stichting Archief";
    receiver.street = {"a", "b", "c"};
    receiver.country = "BE";
    EXPECT_THROW(postalAddress(receiver), Failure);
    receiver = janAtHome();
    receiver.street.clear();
    EXPECT_THROW(postalAddress(receiver), Failure);
}

TEST(PostalAddress, knowsDutchPostcodes) {
    EXPECT_EQ(dutchPostcode("1234AB"), "1234 AB");
    EXPECT_EQ(dutchPostcode("1234 ab"), "1234 AB");
    for (const auto* wrong : {"", "1234", "1234 A", "0234 AB", "1234  AB", "1234 AB ", "1234-AB",
                              "12 34AB", "1234 SA", "1234 sd", "1234 SS", "A234 BC", "1234 1B"}) {
        EXPECT_FALSE(dutchPostcode(wrong).has_value()) << wrong;
    }
    EXPECT_TRUE(dutchPostcode("2513 AA").has_value());
}

TEST(Country, isOneOfIso3166) {
    EXPECT_EQ(countryName("NL"), "Netherlands");
    EXPECT_EQ(countryName("AD"), "Andorra");
    EXPECT_EQ(countryName("ZW"), "Zimbabwe");
    for (const auto* wrong : {"", "N", "nl", "UK", "EU", "NLD", "ZZ", "AA"}) {
        EXPECT_FALSE(countryName(wrong).has_value()) << wrong;
    }
}

}  // namespace
}  // namespace zegel::station

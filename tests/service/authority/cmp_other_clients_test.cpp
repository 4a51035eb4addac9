#include "tests/service/authority/simulated_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace zegel::hwsim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using tests::shell;
using tests::SimulatedAuthority;

/// OpenSSL's own CMP client at the command line.
class OtherClients : public testing::Test {
protected:
    OtherClients() {
        shell("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " +
              at("k.pem") + " -out " + at("k.csr") +
              " -subj '/C=NL/O=Zegel/CN=TRIAL x/organizationIdentifier=NTRNL-12345678'");
    }

    std::string at(const std::string& name) const { return (ca_.folder() / name).string(); }

    tests::CommandResult cmp(const std::string& path, const std::string& arguments) {
        return shell("openssl cmp -config '' -server 127.0.0.1:" + std::to_string(ca_.port()) +
                     " -path " + path + " -cert " + at("ra.pem") + " -key " + at("ra-key.pem") +
                     " -trusted " + ca_.chain() + " " + arguments);
    }

    tests::CommandResult enrol(const std::string& arguments = "") {
        return cmp(
            ".well-known/cmp/p/legal-person-authentication",
            "-cmd p10cr -csr " + at("k.csr") + " -certout " + at("out.pem") + " " + arguments);
    }

    SimulatedAuthority ca_;
};

TEST_F(OtherClients, enrolConfirmAndRevoke) {
    const auto enrolled = enrol();
    EXPECT_EQ(enrolled.status, 0) << enrolled.output;
    EXPECT_THAT(enrolled.output, HasSubstr("received PKICONF"));
    EXPECT_EQ(
        shell("openssl verify -x509_strict -CAfile " + ca_.chain() + " " + at("out.pem")).status,
        0);
    const auto revoked = cmp("cmp", "-cmd rr -revreason 4 -oldcert " + at("out.pem"));
    EXPECT_EQ(revoked.status, 0) << revoked.output;
    EXPECT_THAT(cmp("cmp", "-cmd rr -oldcert " + at("out.pem")).output, HasSubstr("certRevoked"));
}

TEST_F(OtherClients, areAskedToPoll) {
    ca_.misbehave("waiting 2 once");
    const auto enrolled = enrol();
    EXPECT_EQ(enrolled.status, 0) << enrolled.output;
    EXPECT_THAT(enrolled.output, AllOf(HasSubstr("POLLREP"), HasSubstr("received PKICONF")));
}

TEST_F(OtherClients, areRefusedWithoutTheRegistrationAuthoritysKey) {
    shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
        "/CN=stranger -addext keyUsage=digitalSignature -keyout " +
        at("stranger-key.pem") + " -out " + at("stranger.pem"));
    const auto refused = enrol("-cert " + at("stranger.pem") + " -key " + at("stranger-key.pem"));
    EXPECT_NE(refused.status, 0);
    EXPECT_EQ(shell("wc -c < " + at("ca/issued.txt")).output, "0\n");
}

TEST_F(OtherClients, areRefusedWithoutProtection) {
    const auto refused = enrol("-unprotected_requests");
    EXPECT_NE(refused.status, 0);
    EXPECT_EQ(shell("wc -c < " + at("ca/issued.txt")).output, "0\n");
}

TEST_F(OtherClients, areRefusedAnUnknownProfile) {
    const auto refused =
        cmp("cmp/p/none", "-cmd p10cr -csr " + at("k.csr") + " -certout " + at("out.pem"));
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.output, HasSubstr("badCertTemplate"));
}

TEST_F(OtherClients, findTheirRevocationAfterARestart) {
    ASSERT_EQ(enrol().status, 0);
    ASSERT_EQ(cmp("cmp", "-cmd rr -oldcert " + at("out.pem")).status, 0);
    // A crash in the middle of a line must not spoil the rest.
    ca_.stop();
    std::ofstream{ca_.folder() / "ca" / "issued.txt", std::ios::app} << "issued 4142";
    ca_.start();
    const auto serial = shell("openssl x509 -noout -serial -in " + at("out.pem")).output.substr(7);
    const auto list = shell("openssl crl -inform DER -noout -text -in " + at("ca/crl.der")).output;
    EXPECT_THAT(list, HasSubstr(serial.substr(0, 40)));
    EXPECT_EQ(enrol().status, 0);
}

/// The program as people start it.
class Program {
public:
    explicit Program(const std::vector<std::string>& arguments, const std::string& output) {
        std::vector<char*> words;
        for (const auto& word : arguments) {
            words.push_back(const_cast<char*>(word.c_str()));
        }
        words.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
        posix_spawn(&process_, words[0], &actions, nullptr, words.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
    }

    ~Program() {
        if (process_ > 0) {
            kill(process_, SIGKILL);
            waitpid(process_, nullptr, 0);
        }
    }

    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    int end() {
        int status = -1;
        kill(process_, SIGTERM);
        waitpid(process_, &status, 0);
        process_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t process_ = 0;
};

std::string waitForText(const std::string& file, const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < deadline) {
        std::ifstream in{file};
        for (std::string line; std::getline(in, line);) {
            if (line.find(text) != std::string::npos && !in.eof()) return line;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return {};
}

TEST_F(OtherClients, areServedByTheProgramUntilItIsTold) {
    Program program{{ZEGEL_HWSIM, "authority", "--directory", at("ca2"), "--registration-authority",
                     at("ra.pem"), "--misbehave", "refuse once"},
                    at("log")};
    const auto line = waitForText(at("log"), "authority ready on ");
    ASSERT_FALSE(line.empty());
    const auto url = line.substr(line.find("http"));
    const auto server = url.substr(7);
    const auto enrolThere = [&] {
        return shell("openssl cmp -config '' -server " + server +
                     " -path cmp/p/legal-person-authenticity -cert " + at("ra.pem") + " -key " +
                     at("ra-key.pem") + " -trusted " + at("ca2/chain.pem") + " -cmd p10cr -csr " +
                     at("k.csr") + " -certout " + at("out.pem"));
    };
    EXPECT_THAT(enrolThere().output, HasSubstr("not registered here"));
    EXPECT_EQ(enrolThere().status, 0);
    EXPECT_EQ(shell("curl -s -d 'refuse once' " + url + "/misbehave").output, "refuse\n");
    EXPECT_THAT(shell("curl -s -d 'dance' " + url + "/misbehave").output,
                HasSubstr("cannot do that"));
    EXPECT_THAT(shell("curl -s " + url + "/issued").output,
                HasSubstr("legal-person-authenticity confirmed"));
    EXPECT_EQ(program.end(), 0);
}

}  // namespace
}  // namespace zegel::hwsim

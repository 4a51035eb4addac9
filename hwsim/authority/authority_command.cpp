#include "hwsim/authority/authority_command.h"

#include "hwsim/authority/authority_server.h"
#include "hwsim/server/server_command.h"

namespace zegel::hwsim {
namespace {

constexpr const char* Usage =
    "zegel-hwsim authority plays a CA: CMP over HTTP on loopback.\n\n"
    "  --directory D               keys, certificates and what was issued (made when missing)\n"
    "  --registration-authority F  PEM certificate of the one who may ask\n"
    "  --port P                    default 0: any free one, told when ready\n"
    "  --url U                     as written into certificates; default http://127.0.0.1:PORT\n"
    "  --misbehave WORDS           e.g. \"slow 2000\", \"lost-answer once\", \"refuse 2 times "
    "after "
    "3\"\n"
    "  --quiet                     no line for each exchange\n\n"
    "It can misbehave like this, also while it runs (POST the words to /misbehave):\n";

AuthoritySimulation simulationFrom(Arguments arguments) {
    const auto options = serverOptions(arguments, {"--registration-authority", "--url"});
    AuthoritySimulation wanted;
    readServerOptions(options, AuthorityMischief, wanted);
    wanted.registrationAuthority = needed(options, "--registration-authority");
    wanted.url = options.value("--url").value_or("");
    return wanted;
}

}  // namespace

int runAuthority(Arguments arguments) {
    return runServer<AuthorityServer>("authority", Usage + AuthorityMischief.list(), arguments,
                                      simulationFrom);
}

}  // namespace zegel::hwsim

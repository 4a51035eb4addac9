#include "pinmailer/press/program/question.h"

#include "drivers/base/failure.h"

#include <fstream>

namespace zegel::press {

bool personAgrees(const std::string& question) {
    std::fstream terminal{"/dev/tty", std::ios::in | std::ios::out};
    if (!terminal) {
        throw Failure{Fault::RequestRefused,
                      "this asks a person, and there is no terminal to answer on: call it in one "
                      "(over ssh with -t), and not from a script or a service"};
    }
    terminal << question << std::flush;
    std::string answer;
    std::getline(terminal, answer);
    return answer == "yes";
}

}  // namespace zegel::press

// An IFD handler for pcscd that puts exactly one reader with one slot in front of one copy of
// vsmartcard's libifdvpcd.so (which insists on two slots and keeps its state in globals), and
// tells the bench when pcscd has told its clients that a card came or went. All else is passed on
// untouched.
//
// pcscd looks at a card, tells its clients what changed, and then waits in our awaitNextLook: so a
// notice that is sent as that begins can never be ahead of what a client sees.
//
// DEVICENAME is "/bench/readers/3.so:0xPORT": the copy to load and the port it listens on.
// While a file "3.mute" stands beside the copy, its card answers no reset.
// Notices go to the datagram socket "notices" beside the copy: "3 ready", "3 present", "3 absent".
// An octet in the pipe "3.wake" beside the copy makes pcscd look at once.
//
// Loaded into pcscd, so it stands on nothing but libc.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

// The header does not say so itself.
extern "C" {
#include <ifdhandler.h>
}

namespace {

constexpr std::size_t MostReaders = 16;
/// As often as pcscd looks by itself: how long a card stays powered unused is counted in looks.
constexpr int LookEveryMilliseconds = 400;

struct Handler {
    void* library = nullptr;
    decltype(&IFDHCreateChannelByName) create = nullptr;
    decltype(&IFDHCloseChannel) close = nullptr;
    decltype(&IFDHGetCapabilities) get = nullptr;
    decltype(&IFDHSetCapabilities) set = nullptr;
    decltype(&IFDHSetProtocolParameters) protocol = nullptr;
    decltype(&IFDHPowerICC) power = nullptr;
    decltype(&IFDHTransmitToICC) transmit = nullptr;
    decltype(&IFDHControl) control = nullptr;
    decltype(&IFDHICCPresence) presence = nullptr;
    std::string number{};
    std::string muteMark{};
    int notices = -1;
    int wake = -1;
    RESPONSECODE lastPresence = IFD_ICC_NOT_PRESENT;
    std::atomic<const char*> untold{nullptr};  ///< what pcscd saw and is telling its clients
};

std::array<Handler, MostReaders> handlers;
std::mutex coming;

Handler* handlerOf(DWORD lun) {
    const std::size_t reader = lun >> 16;
    if (reader >= handlers.size() || handlers[reader].library == nullptr) return nullptr;
    return &handlers[reader];
}

DWORD onlySlot(DWORD lun) {
    return lun & 0xFFFF0000;
}

template <typename Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

bool load(Handler& handler, const std::string& path) {
    handler.library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const library = handler.library;
    return library != nullptr && find(library, "IFDHCreateChannelByName", handler.create) &&
           find(library, "IFDHCloseChannel", handler.close) &&
           find(library, "IFDHGetCapabilities", handler.get) &&
           find(library, "IFDHSetCapabilities", handler.set) &&
           find(library, "IFDHSetProtocolParameters", handler.protocol) &&
           find(library, "IFDHPowerICC", handler.power) &&
           find(library, "IFDHTransmitToICC", handler.transmit) &&
           find(library, "IFDHControl", handler.control) &&
           find(library, "IFDHICCPresence", handler.presence);
}

int openNotices(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return -1;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int notices = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    // The kernel keeps ten for a bench that is busy, and sixteen readers may tell of something.
    const timeval atMost{2, 0};
    setsockopt(notices, SOL_SOCKET, SO_SNDTIMEO, &atMost, sizeof atMost);
    if (connect(notices, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        return notices;
    }
    close(notices);
    return -1;
}

/// Open at both ends, so that it never says that its other end is gone.
int openWake(const std::string& path) {
    mkfifo(path.c_str(), S_IRUSR | S_IWUSR);
    return open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

void unload(Handler& handler) {
    if (handler.library) dlclose(handler.library);
    if (handler.notices >= 0) close(handler.notices);
    if (handler.wake >= 0) close(handler.wake);
    handler.library = nullptr;
    handler.notices = handler.wake = -1;
    handler.lastPresence = IFD_ICC_NOT_PRESENT;
    handler.untold = nullptr;
}

void tell(const Handler& handler, const char* what) {
    const std::string notice = handler.number + ' ' + what;
    send(handler.notices, notice.data(), notice.size(), MSG_NOSIGNAL);
}

/// Where pcscd waits between two looks at the card.
RESPONSECODE awaitNextLook(DWORD lun, int atMost) {
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    if (const char* const news = handler->untold.exchange(nullptr)) tell(*handler, news);
    pollfd waiting{handler->wake, POLLIN, 0};
    if (poll(&waiting, 1, std::min(atMost, LookEveryMilliseconds)) == 1) {
        std::array<char, 64> ignored;
        while (read(handler->wake, ignored.data(), ignored.size()) > 0) {
        }
    }
    return IFD_SUCCESS;
}

/// pcscd calls it to end, and when a client has let go of the card.
RESPONSECODE endWaiting(DWORD lun) {
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    return write(handler->wake, "", 1) == 1 ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

template <typename Function>
RESPONSECODE oneFunction(Function* function, PDWORD length, PUCHAR value) {
    if (!length || !value || *length < sizeof function) return IFD_COMMUNICATION_ERROR;
    std::memcpy(value, &function, sizeof function);
    *length = sizeof function;
    return IFD_SUCCESS;
}

RESPONSECODE oneOctet(UCHAR octet, PDWORD length, PUCHAR value) {
    if (!length || !value || *length < 1) return IFD_COMMUNICATION_ERROR;
    *value = octet;
    *length = 1;
    return IFD_SUCCESS;
}

}  // namespace

extern "C" {

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR deviceName) {
    const std::lock_guard lock(coming);
    const std::size_t reader = lun >> 16;
    const std::string device = deviceName;
    const std::size_t colon = device.rfind(':');
    const std::size_t slash = device.rfind('/');
    if (reader >= handlers.size() || colon == std::string::npos || slash == std::string::npos) {
        return IFD_NO_SUCH_DEVICE;
    }
    Handler& handler = handlers[reader];
    if (!load(handler, device.substr(0, colon))) {
        unload(handler);
        return IFD_NO_SUCH_DEVICE;
    }
    handler.number = device.substr(slash + 1, device.find('.', slash) - slash - 1);
    handler.muteMark = device.substr(0, slash + 1) + handler.number + ".mute";
    handler.notices = openNotices(device.substr(0, slash) + "/notices");
    handler.wake = openWake(device.substr(0, slash + 1) + handler.number + ".wake");
    std::string listening = "/dev/null" + device.substr(colon);
    const RESPONSECODE result = handler.create(onlySlot(lun), listening.data());
    if (result != IFD_SUCCESS) {
        unload(handler);
    } else {
        tell(handler, "ready");
    }
    return result;
}

RESPONSECODE IFDHCreateChannel(DWORD /*lun*/, DWORD /*channel*/) {
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHCloseChannel(DWORD lun) {
    const std::lock_guard lock(coming);
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    const RESPONSECODE result = handler->close(onlySlot(lun));
    unload(*handler);
    return result;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
    switch (tag) {
        case TAG_IFD_SLOTS_NUMBER: return oneOctet(1, length, value);
        case TAG_IFD_SIMULTANEOUS_ACCESS: return oneOctet(MostReaders, length, value);
        case TAG_IFD_THREAD_SAFE: return oneOctet(1, length, value);
        case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT: return oneFunction(awaitNextLook, length, value);
        case TAG_IFD_STOP_POLLING_THREAD: return oneFunction(endWaiting, length, value);
        default: break;
    }
    Handler* const handler = handlerOf(lun);
    return handler ? handler->get(onlySlot(lun), tag, length, value) : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value) {
    Handler* const handler = handlerOf(lun);
    return handler ? handler->set(onlySlot(lun), tag, length, value) : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1,
                                       UCHAR pts2, UCHAR pts3) {
    Handler* const handler = handlerOf(lun);
    return handler ? handler->protocol(onlySlot(lun), protocol, flags, pts1, pts2, pts3)
                   : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD atrLength) {
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    if (action == IFD_POWER_DOWN) return handler->power(onlySlot(lun), action, atr, atrLength);
    const bool mute = access(handler->muteMark.c_str(), F_OK) == 0;
    if (mute) *atrLength = 0;
    return mute ? IFD_ERROR_POWER_ACTION : handler->power(onlySlot(lun), action, atr, atrLength);
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER sent, PUCHAR command, DWORD commandLength,
                               PUCHAR answer, PDWORD answerLength, PSCARD_IO_HEADER received) {
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    return handler->transmit(onlySlot(lun), sent, command, commandLength, answer, answerLength,
                             received);
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR command, DWORD commandLength, PUCHAR answer,
                         DWORD answerRoom, LPDWORD answerLength) {
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    return handler->control(onlySlot(lun), code, command, commandLength, answer, answerRoom,
                            answerLength);
}

RESPONSECODE IFDHICCPresence(DWORD lun) {
    Handler* const handler = handlerOf(lun);
    if (!handler) return IFD_NO_SUCH_DEVICE;
    const RESPONSECODE presence = handler->presence(onlySlot(lun));
    if (presence != handler->lastPresence) {
        handler->untold = presence == IFD_ICC_PRESENT ? "present" : "absent";
    }
    handler->lastPresence = presence;
    return presence;
}

}  // extern "C"

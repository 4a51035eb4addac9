#pragma once

#include "drivers/base/openssl.h"

#include <string>

namespace zegel::tests {

/// A key and its self-signed certificate, made for one test run.
struct MadeIdentity {
    openssl::PkeyPtr key;
    openssl::CertificatePtr certificate;

    openssl::CertificatePtr certificateCopy() const;
    openssl::PkeyPtr keyCopy() const;
};

struct Wish {
    std::string algorithm = "P-256";  ///< "P-256", "P-384", "RSA-2048", "RSA-1024", "ED25519"
    std::string commonName = "print room";
    std::string keyUsage{};  ///< OpenSSL's words: "keyEncipherment"; empty: not limited
    long notBefore = -3600;  ///< seconds from now
    long notAfter = 86400;
    bool keyId = true;
};

MadeIdentity makeIdentity(const Wish& wish);

/// A new folder for one test, removed with all it holds when it dies.
class MadeFolder {
public:
    MadeFolder();
    ~MadeFolder();
    MadeFolder(const MadeFolder&) = delete;
    MadeFolder& operator=(const MadeFolder&) = delete;

    std::string path(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

void writeFile(const std::string& path, ByteView octets);
Bytes readFile(const std::string& path);
void writePem(const std::string& path, const X509& certificate);
void writePem(const std::string& path, const EVP_PKEY& key);

struct Ran {
    int exitCode;
    std::string output;  ///< both streams
};

/// A command by the shell.
Ran run(const std::string& command);

}  // namespace zegel::tests

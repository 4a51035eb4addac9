#include "tests/unit/seal/made_identity.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/wait.h>
#include <utility>

namespace zegel::tests {
namespace {

openssl::PkeyPtr makeKey(const std::string& algorithm) {
    if (algorithm == "ED25519") {
        return openssl::PkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    }
    if (algorithm.starts_with("RSA-")) {
        const auto bits = static_cast<std::size_t>(std::stoi(algorithm.substr(4)));
        return openssl::PkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)};
    }
    return openssl::PkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", algorithm.c_str())};
}

void addExtension(X509& certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    openssl::expect(extension != nullptr, Fault::Defect, "extension " + value);
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

openssl::CertificatePtr MadeIdentity::certificateCopy() const {
    return openssl::CertificatePtr{X509_dup(certificate.get())};
}

openssl::PkeyPtr MadeIdentity::keyCopy() const {
    EVP_PKEY_up_ref(key.get());
    return openssl::PkeyPtr{key.get()};
}

MadeIdentity makeIdentity(const Wish& wish) {
    MadeIdentity made{makeKey(wish.algorithm), openssl::CertificatePtr{X509_new()}};
    auto& certificate = *made.certificate;
    X509_set_version(&certificate, X509_VERSION_3);
    static long serial = 1;
    ASN1_INTEGER_set(X509_get_serialNumber(&certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(&certificate), wish.notBefore);
    X509_gmtime_adj(X509_getm_notAfter(&certificate), wish.notAfter);
    auto* name = X509_get_subject_name(&certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.commonName.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(&certificate, name);
    X509_set_pubkey(&certificate, made.key.get());
    if (wish.keyId) addExtension(certificate, NID_subject_key_identifier, "hash");
    if (!wish.keyUsage.empty()) addExtension(certificate, NID_key_usage, wish.keyUsage);
    const auto* digest = wish.algorithm == "ED25519" ? nullptr : EVP_sha256();
    openssl::expect(X509_sign(&certificate, made.key.get(), digest) > 0, Fault::Defect, "signing");
    // A certificate as read from a file, not as built.
    made.certificate = openssl::certificateFromDer(openssl::toDer(certificate));
    return made;
}

MadeFolder::MadeFolder() {
    auto name = (std::filesystem::temp_directory_path() / "zegel-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw Failure{Fault::Defect, "no temporary folder"};
    path_ = name;
}

MadeFolder::~MadeFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void writeFile(const std::string& path, ByteView octets) {
    std::ofstream file{path, std::ios::binary};
    file.write(reinterpret_cast<const char*>(octets.data()),
               static_cast<std::streamsize>(octets.size()));
}

Bytes readFile(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void writePem(const std::string& path, const X509& certificate) {
    const openssl::BioPtr file{BIO_new_file(path.c_str(), "w")};
    PEM_write_bio_X509(file.get(), &certificate);
}

void writePem(const std::string& path, const EVP_PKEY& key) {
    const openssl::BioPtr file{BIO_new_file(path.c_str(), "w")};
    PEM_write_bio_PrivateKey(file.get(), &key, nullptr, nullptr, 0, nullptr, nullptr);
}

Ran run(const std::string& command) {
    auto* pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return {-1, "popen"};
    std::string output;
    std::array<char, 4096> chunk{};
    while (const auto size = fread(chunk.data(), 1, chunk.size(), pipe)) {
        output.append(chunk.data(), size);
    }
    const auto status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

}  // namespace zegel::tests

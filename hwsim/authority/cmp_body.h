#pragma once

namespace zegel::hwsim {

/// Tags of PKIBody that matter here; OpenSSL keeps its own names for them private.
/// Source: RFC 4210, 5.1.2.
enum CmpBody : int {
    CmpP10cr = 4,
    CmpRr = 11,
    CmpPkiConf = 19,
    CmpError = 23,
    CmpCertConf = 24,
    CmpPollReq = 25
};

}  // namespace zegel::hwsim

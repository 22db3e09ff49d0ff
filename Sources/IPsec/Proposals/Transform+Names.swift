extension Transform: CustomStringConvertible {
    /// As strongSwan's logs have it, which is what people search for: `AES_CBC_256`, `HMAC_SHA2_256_128`, `MODP_2048`.
    package var description: String {
        let base = Self.names[type]?[identifier] ?? "\(type)_\(identifier)"
        let name = keyLength.map { "\(base)_\($0)" } ?? base
        return hasUnknownAttribute ? "\(name)(?)" : name
    }

    private static let names: [TransformType: [UInt16: String]] = [
        .encryption: [
            2: "DES_CBC", 3: "3DES_CBC", 11: "NULL", 12: "AES_CBC", 13: "AES_CTR", 14: "AES_CCM_8", 15: "AES_CCM_12",
            16: "AES_CCM_16", 18: "AES_GCM_8", 19: "AES_GCM_12", 20: "AES_GCM_16", 21: "NULL_AES_GMAC",
            23: "CAMELLIA_CBC", 28: "CHACHA20_POLY1305",
        ],
        .prf: [
            1: "PRF_HMAC_MD5", 2: "PRF_HMAC_SHA1", 4: "PRF_AES128_XCBC", 5: "PRF_HMAC_SHA2_256",
            6: "PRF_HMAC_SHA2_384", 7: "PRF_HMAC_SHA2_512", 8: "PRF_AES128_CMAC",
        ],
        .integrity: [
            0: "NONE", 1: "HMAC_MD5_96", 2: "HMAC_SHA1_96", 5: "AES_XCBC_96", 8: "AES_CMAC_96",
            12: "HMAC_SHA2_256_128", 13: "HMAC_SHA2_384_192", 14: "HMAC_SHA2_512_256",
        ],
        .keyExchange: [
            0: "NONE", 1: "MODP_768", 2: "MODP_1024", 5: "MODP_1536", 14: "MODP_2048", 15: "MODP_3072",
            16: "MODP_4096", 17: "MODP_6144", 18: "MODP_8192", 19: "ECP_256", 20: "ECP_384", 21: "ECP_521",
            22: "MODP_1024_160", 23: "MODP_2048_224", 24: "MODP_2048_256", 25: "ECP_192", 26: "ECP_224",
            28: "ECP_256_BP", 29: "ECP_384_BP", 30: "ECP_512_BP", 31: "CURVE_25519", 32: "CURVE_448",
            35: "ML_KEM_512", 36: "ML_KEM_768", 37: "ML_KEM_1024",
        ],
        .extendedSequenceNumbers: [0: "NO_EXT_SEQ", 1: "EXT_SEQ"],
    ]
}

extension Proposal: CustomStringConvertible {
    /// How many choices of a type are told; strongSwan offers 13 groups.
    private static let shownCount = 16

    /// `AES_GCM_16_256|AES_GCM_16_128/PRF_HMAC_SHA2_256/ECP_256`: types in the order of a suite, choices by preference.
    package var description: String {
        let order: [TransformType] = [.encryption, .integrity, .prf, .keyExchange, .extendedSequenceNumbers]
        let known = order.map { type in transforms.filter { $0.type == type } }
        let others = transforms.filter { !order.contains($0.type) }
        return (known + [others]).filter { !$0.isEmpty }.map { choices in
            let shown = choices.prefix(Self.shownCount).map(\.description).joined(separator: "|")
            return choices.count > Self.shownCount ? "\(shown)|…" : shown
        }.joined(separator: "/")
    }
}

extension DHGroup: CustomStringConvertible {
    package var description: String { Transform(self).description }
}

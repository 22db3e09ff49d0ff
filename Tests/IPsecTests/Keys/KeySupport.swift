import OpenSSL

/// Bytes of a hexadecimal string; white space does not count.
func bytes(hex text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func secret(hex text: String) -> SecretBytes { SecretBytes(copying: bytes(hex: text)) }

extension SecretBytes {
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

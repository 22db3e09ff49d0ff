/// A certificate of a test with its private key: files in the lab's directory.
package struct Certificate: Sendable {
    /// PEM.
    package let path: String
    /// PKCS#8, PEM.
    package let keyPath: String
    package let key: CertificateRequest.Key

    /// DER.
    package func bytes(_ lab: Lab) throws -> [UInt8] {
        try lab.host("openssl", "x509", "-in", path, "-outform", "DER", "-out", path + ".der")
        return try LabFile.bytes(path + ".der")
    }

    /// PKCS#8, DER.
    package func keyBytes(_ lab: Lab) throws -> [UInt8] {
        try lab.host(
            "openssl", "pkcs8", "-topk8", "-nocrypt", "-in", keyPath, "-outform", "DER", "-out", keyPath + ".der")
        return try LabFile.bytes(keyPath + ".der")
    }

    static func makeKey(_ lab: Lab, _ directory: String, _ key: CertificateRequest.Key) throws -> String {
        let path = directory + "/key.pem"
        try lab.host(arguments: ["openssl", "genpkey", "-quiet"] + key.options + ["-out", path])
        return path
    }
}

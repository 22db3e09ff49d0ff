/// Why an SSH public key was not taken.
package enum SSHKeyRefusal: Error, Hashable, Sendable {
    /// Not one key in the form that its algorithm has, and nothing else.
    case malformed
    /// `ssh-dss`, a certificate, or what nobody knows.
    case unsupported(String)
    /// RSA with this many bits: fewer than 2,048 are weak, more than 8,192 cost whoever verifies too much.
    case size(bits: Int)
}

extension SSHKeyRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "not an SSH public key"
        case .unsupported(let name): "keys of the kind `\(name)` cannot sign"
        case .size(let bits): "an RSA key of \(bits) bits: from 2048 to 8192 are taken"
        }
    }
}

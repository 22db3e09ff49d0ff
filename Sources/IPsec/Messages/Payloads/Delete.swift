/// The sender has deleted security associations of its own (RFC 7296 §3.11).
package enum Delete: Hashable, Sendable {
    /// The IKE SA that the message came in.
    case ike
    /// By the SPIs that the sender receives with.
    case esp([UInt32])
    case ah([UInt32])
}

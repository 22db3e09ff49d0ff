/// How much of everything a message may have. Genuine ones stay far below; what a peer can make the product hold and go through
/// is bounded by these.
enum MessageLimits {
    static let payloads = 128
    /// Windows offers some 40, a proposal for each combination.
    static let proposals = 64
    static let transforms = 128
    static let attributes = 8
    static let certificates = 16
    static let configurationAttributes = 256
    static let deletedSPIs = 1024
}

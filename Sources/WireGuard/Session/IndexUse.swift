/// What one of our indices stands for.
enum IndexUse {
    /// An initiation that waits for its response.
    case handshake(peer: UInt32)
    case session(Keypair)
}

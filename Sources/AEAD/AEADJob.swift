/// One packet to seal or to open.
///
/// `source` and `destination` are the same address, or the ranges do not overlap at all: `count` bytes and the tag's 16 of
/// the one that holds ciphertext, `count` bytes of the one that holds plaintext. The authenticated bytes overlap neither.
/// No job touches what another job of its batch reads or writes.
@frozen package struct AEADJob {
    /// Plaintext to seal, or ciphertext and its tag to open.
    package var source: UnsafeRawPointer
    /// Where the ciphertext and its tag go, or the plaintext.
    package var destination: UnsafeMutableRawPointer
    /// Bytes of plaintext, so without the tag: 0 (a keepalive) or more, less than 2^31.
    package var count: Int
    /// What the nonce is made of; no number may come twice under one key.
    /// Keys without a salt: four zero bytes, then this little endian. Others: the salt, then this big endian.
    package var counter: UInt64
    /// What is authenticated but not encrypted; `nil` and 0 for nothing.
    package var authenticated: UnsafeRawPointer?
    package var authenticatedCount: Int
    /// Set by `open`. When it is false, the destination holds `count` zero bytes.
    package var isAuthentic = false

    @inlinable
    package init(
        source: UnsafeRawPointer, destination: UnsafeMutableRawPointer, count: Int, counter: UInt64,
        authenticated: UnsafeRawPointer? = nil, authenticatedCount: Int = 0
    ) {
        self.source = source
        self.destination = destination
        self.count = count
        self.counter = counter
        self.authenticated = authenticated
        self.authenticatedCount = authenticatedCount
    }

    /// Sealed or opened where it lies.
    @inlinable
    package init(inPlace text: UnsafeMutableRawPointer, count: Int, counter: UInt64) {
        self.init(source: text, destination: text, count: count, counter: counter)
    }
}

extension AEADJob {
    var header: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: authenticated, count: authenticatedCount) }

    /// Nothing of what did not verify may be taken for plaintext.
    func discard() {
        destination.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }
}

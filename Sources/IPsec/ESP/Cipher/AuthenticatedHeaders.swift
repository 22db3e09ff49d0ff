internal import AEAD

/// What AEADs authenticate of a packet besides its text (RFC 4106 §5): SPI and sequence number as they are there, or with
/// extended numbers the upper half between them, for which there is a place here.
final class AuthenticatedHeaders {
    private static let count = 12
    private let memory: UnsafeMutableRawPointer

    init(capacity: Int) {
        memory = .allocate(byteCount: capacity * Self.count, alignment: 4)
    }

    deinit {
        memory.deallocate()
    }

    /// A job in place.
    ///
    /// - Parameters:
    ///   - index: of the job: its place here.
    ///   - upperNumber: of an extended sequence number.
    @inline(__always)
    func job(
        _ index: Int, _ text: UnsafeMutableRawPointer, count: Int, counter: UInt64,
        header: UnsafeMutableRawPointer, upperNumber: UInt64?
    ) -> AEADJob {
        guard let upperNumber else {
            return AEADJob(
                source: text, destination: text, count: count, counter: counter, authenticated: header,
                authenticatedCount: ESPFormat.fixedCount)
        }
        let place = memory + index * Self.count
        place.storeBytes(of: header.loadUnaligned(as: UInt32.self), as: UInt32.self)
        place.storeBytes(of: UInt32(truncatingIfNeeded: upperNumber).bigEndian, toByteOffset: 4, as: UInt32.self)
        place.storeBytes(
            of: header.loadUnaligned(fromByteOffset: 4, as: UInt32.self), toByteOffset: 8, as: UInt32.self)
        return AEADJob(
            source: text, destination: text, count: count, counter: counter, authenticated: place,
            authenticatedCount: Self.count)
    }
}

internal import Logging
internal import WireFormat

/// One agent's connection: requests in, replies out, each after its length.
final class ControlConnection: ConnectionHandler {
    /// A filter for 100,000 nodes takes some 3 MB, as many peers 15.
    private static let maximumRequest = 64 << 20

    private let service: ControlService
    private var frames = FrameDecoder(.fixed32, limit: maximumRequest)

    init(_ service: ControlService) {
        self.service = service
    }

    func receive(_ bytes: [UInt8], out: inout OutgoingBytes) throws {
        frames.append(bytes)
        do {
            while let frame = try frames.next() {
                try service.answer(try WireDataPathRequest(serializedBytes: frame), out: &out)
            }
        } catch {
            service.log.warning("a control connection is ended: \(error)")
            throw error
        }
    }
}

import Foundation
import Glibc
import TestPrograms

/// Listens as an agent does, and answers what the test says: one answer a connection, `nil` for none at all.
final class FakeAgent: Sendable {
    private let listener: Int32

    init(_ path: String, answers: [[UInt8]?]) throws {
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(listener, 8) == 0 else { throw Command.Failure(description: "cannot listen") }
        Thread.detachNewThread {
            for answer in answers {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                var request = [UInt8](repeating: 0, count: 4096)
                _ = recv(connection, &request, request.count, 0)
                if let answer {
                    _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                } else {
                    // Until the other side gives up.
                    _ = recv(connection, &request, request.count, 0)
                }
                close(connection)
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

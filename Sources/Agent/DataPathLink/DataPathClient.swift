internal import Foundation
internal import NIOCore
internal import NIOPosix
package import WireFormat

/// The agent's end of `cvland`'s control socket. Connects when first asked, and again after the connection broke:
/// `cvland` may be restarted under a running agent.
///
/// Requests are answered in order; calls may overlap.
package actor DataPathClient {
    private let socketPath: String
    private var channel: (any Channel)?
    private var nextID: UInt64 = 1

    package init(socketPath: String) {
        self.socketPath = socketPath
    }

    /// What is really there: interfaces, peers, the kernel's addresses and routes.
    ///
    /// - Throws: `DataPathLinkError`.
    package func state() async throws -> WireDataPathState {
        var request = WireDataPathRequest()
        request.getState = WireGetState()
        let reply = try await send(request)
        guard case .state(let state) = reply.body else { throw DataPathLinkError.unexpectedReply }
        return state
    }

    /// Carries out operations in order; one that fails does not stop those after it.
    ///
    /// - Returns: for each operation its error, empty where it was done.
    package func apply(_ operations: [WireOperation]) async throws -> [String] {
        guard !operations.isEmpty else { return [] }
        var request = WireDataPathRequest()
        request.apply.operations = operations
        let reply = try await send(request)
        guard case .applied(let result) = reply.body, result.errors.count == operations.count else {
            throw DataPathLinkError.unexpectedReply
        }
        return result.errors
    }

    package func flows(interface: String, limit: UInt32) async throws -> [WireFlow] {
        var request = WireDataPathRequest()
        request.listFlows.interface = interface
        request.listFlows.limit = limit
        let reply = try await send(request)
        guard case .flows(let list) = reply.body else { throw DataPathLinkError.unexpectedReply }
        return list.flows
    }

    package func close() async {
        try? await channel?.close()
        channel = nil
    }

    private func send(_ request: WireDataPathRequest) async throws -> WireDataPathReply {
        var request = request
        request.id = nextID
        nextID += 1
        let channel = try await connected()
        let promise = channel.eventLoop.makePromise(of: WireDataPathReply.self)
        channel.writeAndFlush(DataPathExchange(request: request, reply: promise), promise: nil)
        let reply = try await promise.futureResult.get()
        guard reply.id == request.id else { throw DataPathLinkError.unexpectedReply }
        guard reply.error.isEmpty else { throw DataPathLinkError.refused(reply.error) }
        return reply
    }

    private func connected() async throws -> any Channel {
        if let channel, channel.isActive { return channel }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DataPathExchangeHandler())
                    }
                }
                .connect(unixDomainSocketPath: socketPath).get()
            self.channel = channel
            return channel
        } catch {
            throw DataPathLinkError.unreachable(socketPath: socketPath, cause: "\(error)")
        }
    }
}

/// Why a request to `cvland` had no answer.
package enum DataPathLinkError: Error, CustomStringConvertible, Equatable {
    case unreachable(socketPath: String, cause: String)
    case closed
    case timedOut
    case unexpectedReply
    case refused(String)

    package var description: String {
        switch self {
        case .unreachable(let path, let cause): "cvland is not reachable at \(path): \(cause); is cvland running?"
        case .closed: "cvland closed the connection before it answered"
        case .timedOut: "cvland did not answer in \(DataPathExchangeHandler.timeout.nanoseconds / 1_000_000_000) s"
        case .unexpectedReply: "cvland sent a reply of another kind or version"
        case .refused(let reason): "cvland refused the request: \(reason)"
        }
    }
}

import Controllers
import Foundation
import GitRepository
import Logging
import Reconciling
import Testing

struct SessionRegistryTests {
    private let board = PublicationBoard()
    private let session = AgentSession(node: NodeKey(tenant: "acme", node: "laptop"), inForce: 3)
    private let farewell = PublishedNode(
        generation: 4, payload: Data(), segments: [], publicKey: Data(), role: .client, networks: [])

    /// Without any node.
    private func publication(unreadable: Set<String> = []) throws -> Publication {
        Publication(
            height: 4, sourceCommit: try #require(ObjectID(String(repeating: "a", count: 40))), stateCommit: nil,
            nodes: [:], segments: [:], networks: [:], tenants: [:], unreadable: unreadable)
    }

    private func registry() -> SessionRegistry {
        SessionRegistry(board: board, logger: Logger(label: "sessions") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The node was there when the agent was let in.
    @Test func aStreamThatOpensAfterItsNodeWasRemovedEndsWithTheFarewell() throws {
        let registry = registry()
        let next = try publication()
        board.replace(with: next)
        registry.published(next, after: nil)
        registry.open(session)
        let outgoing = session.take(nil, farewell: farewell)
        #expect(outgoing.isLast)
        #expect(outgoing.config == farewell)
    }

    @Test func aStreamOfATenantThatCannotBeReadStays() throws {
        let registry = registry()
        board.replace(with: try publication(unreadable: ["acme"]))
        registry.open(session)
        let outgoing = session.take(nil, farewell: farewell)
        #expect(!outgoing.isLast)
        #expect(outgoing.isEmpty)
    }
}

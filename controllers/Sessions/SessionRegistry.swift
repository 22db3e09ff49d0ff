package import Logging
package import NIOCore
package import Reconciling
internal import ServiceLifecycle
internal import Synchronization
package import WireFormat

internal import struct Foundation.Data

/// The connected agents. At most one stream a node: a newer one takes the place of the older, which may be a
/// connection that died without a word.
package final class SessionRegistry: Service, Sendable {
    package struct Timing: Sendable {
        /// A stream without news carries a heartbeat this often.
        package var heartbeat: TimeAmount = .seconds(15)
        /// A client that reads nothing for this long is dropped.
        package var stuckWrite: TimeAmount = .seconds(60)

        package init() {}
    }

    private let sessions = Mutex<[NodeKey: AgentSession]>([:])
    private let board: PublicationBoard
    private let hints = HintBoard()
    private let timing: Timing
    private let logger: Logger

    package init(board: PublicationBoard, timing: Timing = Timing(), logger: Logger) {
        self.board = board
        self.timing = timing
        self.logger = logger
    }

    // MARK: Streams

    package func open(_ session: AgentSession) {
        let older = sessions.withLock { sessions in
            let older = sessions[session.node]
            sessions[session.node] = session
            return older
        }
        older?.close()
        // Removed after it was let in: the publication that says so went by before the session was here.
        if board.current?.lacks(session.node) == true { session.remove() }
        for network in board.current?.nodes[session.node]?.networks ?? [] {
            let key = NetworkKey(tenant: session.node.tenant, cvlan: network)
            for news in hints.known(in: key) { tell(news, to: session, in: board.current) }
        }
    }

    package func closed(_ session: AgentSession) {
        session.close()
        sessions.withLock { sessions in
            if sessions[session.node] === session { sessions[session.node] = nil }
        }
    }

    package func session(of node: NodeKey) -> AgentSession? {
        sessions.withLock { $0[node] }
    }

    package var connected: Set<NodeKey> { sessions.withLock { Set($0.keys) } }

    package var count: Int { sessions.withLock { $0.count } }

    // MARK: News

    /// A new publication is on the board: tells those whose config changed, and ends the streams of removed nodes.
    package func published(_ next: Publication, after previous: Publication?) {
        for session in sessions.withLock({ Array($0.values) }) {
            guard let node = next.nodes[session.node] else {
                guard next.lacks(session.node) else { continue }
                logger.info("node was removed, closing its stream", metadata: ["node": "\(session.node)"])
                session.remove()
                continue
            }
            guard node.publicKey == session.publicKey else {
                logger.info("a node's key was replaced, closing its stream", metadata: ["node": "\(session.node)"])
                session.close()
                continue
            }
            if previous?.nodes[session.node]?.generation != node.generation { session.poke() }
        }
    }

    /// An agent reported: what it acknowledges lets the next update go out, what it saw is passed on to its peers.
    package func reported(_ node: NodeKey, _ report: WireReport, clientAddress: String) {
        session(of: node)?.acknowledge(inForce: report.generationInForce, refused: report.hasRefusal)
        guard let publication = board.current, let published = publication.nodes[node] else { return }
        let news = hints.update(
            from: published, key: node, report: report, clientAddress: clientAddress, in: publication)
        for item in news {
            for member in publication.networks[item.network]?.members.values ?? [:].values {
                if let session = session(of: member.node) { tell(item, to: session, in: publication) }
            }
        }
    }

    private func tell(_ news: HintBoard.News, to session: AgentSession, in publication: Publication?) {
        guard let network = publication?.networks[news.network], let subject = network.members[news.publicKey],
            let own = publication?.nodes[session.node], let reader = network.members[own.publicKey],
            network.arePeers(subject, reader)
        else { return }
        session.hint(
            .init(cvlan: news.network.cvlan, publicKey: news.publicKey, isIPsec: news.isIPsec), news.endpoints)
    }

    // MARK: Heartbeats

    /// Pokes quiet streams and drops stuck ones, until shutdown; then ends all streams.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                self.tick(.now())
            }
        }
        for session in sessions.withLock({ Array($0.values) }) { session.close() }
    }

    func tick(_ now: NIODeadline) {
        for session in sessions.withLock({ Array($0.values) }) {
            if session.dropIfStuck(since: now - timing.stuckWrite) {
                logger.warning("an agent reads nothing, dropping it", metadata: ["node": "\(session.node)"])
            } else if session.isQuiet(since: now - timing.heartbeat) {
                session.poke()
            }
        }
    }
}

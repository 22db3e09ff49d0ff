internal import Foundation
package import GRDB
package import Logging
package import Reconciling
internal import ServiceLifecycle
internal import Synchronization

/// What agents reported, in memory for reading and in SQLite for the next start. The file is a cache: deleting it
/// loses last-seen times and `SeenTips`, nothing else, and a file that cannot be read is begun anew.
package final class ObservationStore: Service, Sendable {
    private struct State {
        var observations: [NodeKey: AgentObservation] = [:]
        var unsaved: Set<NodeKey> = []
        var forgotten: Set<NodeKey> = []
    }

    private let state = Mutex(State())
    /// Of the whole cache; others have tables of their own in it.
    package let database: DatabaseQueue
    private let logger: Logger
    /// How often what is new is written: one transaction for all reports of that time.
    private let interval: Duration

    package init(path: String, interval: Duration = .seconds(5), logger: Logger) throws {
        self.logger = logger
        self.interval = interval
        do {
            database = try Self.open(path)
        } catch {
            logger.warning("the cache of reports is not readable, beginning anew", metadata: ["error": "\(error)"])
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            database = try Self.open(path)
        }
        let rows = try database.read { try Row.fetchAll($0, sql: "SELECT tenant, node, observation FROM agent") }
        let decoder = JSONDecoder()
        state.withLock { state in
            for row in rows {
                let data: Data = row["observation"]
                guard let observation = try? decoder.decode(AgentObservation.self, from: data) else { continue }
                state.observations[NodeKey(tenant: row["tenant"], node: row["node"])] = observation
            }
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        // One that begins again for a newer root may still be closing it.
        configuration.busyMode = .timeout(5)
        configuration.journalMode = .wal
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS agent (
                        tenant TEXT NOT NULL, node TEXT NOT NULL, observation BLOB NOT NULL,
                        PRIMARY KEY (tenant, node)
                    ) WITHOUT ROWID
                    """)
        }
        return database
    }

    package subscript(node: NodeKey) -> AgentObservation? { state.withLock { $0.observations[node] } }

    package var all: [NodeKey: AgentObservation] { state.withLock { $0.observations } }

    package func record(_ observation: AgentObservation, of node: NodeKey) {
        state.withLock { state in
            state.observations[node] = observation
            state.unsaved.insert(node)
            state.forgotten.remove(node)
        }
    }

    /// Forgets all nodes but these.
    package func retain(_ nodes: some Collection<NodeKey>) {
        let kept = Set(nodes)
        state.withLock { state in
            for node in state.observations.keys where !kept.contains(node) {
                state.observations[node] = nil
                state.unsaved.remove(node)
                state.forgotten.insert(node)
            }
        }
    }

    /// Saves now and then until shutdown, and a last time.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: self.interval)
                self.saveLoggingErrors()
            }
        }
        saveLoggingErrors()
    }

    private func saveLoggingErrors() {
        do {
            try save()
        } catch {
            logger.warning("cannot write the cache of reports, trying again", metadata: ["error": "\(error)"])
        }
    }

    /// Writes what is new in one transaction.
    package func save() throws {
        let (unsaved, forgotten) = state.withLock { state in
            defer { (state.unsaved, state.forgotten) = ([], []) }
            return (state.unsaved.compactMap { key in state.observations[key].map { (key, $0) } }, state.forgotten)
        }
        guard !unsaved.isEmpty || !forgotten.isEmpty else { return }
        let encoder = JSONEncoder()
        do {
            try database.write { database in
                let put = try database.makeStatement(sql: "INSERT OR REPLACE INTO agent VALUES (?, ?, ?)")
                for (key, observation) in unsaved {
                    try put.execute(arguments: [key.tenant, key.node, try encoder.encode(observation)])
                }
                let delete = try database.makeStatement(sql: "DELETE FROM agent WHERE tenant = ? AND node = ?")
                for key in forgotten { try delete.execute(arguments: [key.tenant, key.node]) }
            }
        } catch {
            state.withLock { state in
                state.unsaved.formUnion(unsaved.map(\.0))
                state.forgotten.formUnion(forgotten)
            }
            throw error
        }
    }
}

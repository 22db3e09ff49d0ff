package import Foundation
internal import GRDB
package import WireFormat

/// What an agent must not lose: the last good configuration, the root it trusts, and small facts that keep it steady.
/// One SQLite file; every write is a transaction, so a kill at any point leaves the old or the new, never a half.
package final class AgentStore: Sendable {
    private let database: DatabaseQueue

    /// - Parameter path: made if it is not there; the folder must be.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try Self.migrator.migrate(database)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE document (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                    CREATE TABLE segment (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                    CREATE TABLE listenPort (interface TEXT PRIMARY KEY, port INTEGER NOT NULL) STRICT;
                    """)
        }
        return migrator
    }

    // MARK: Configuration

    /// A configuration as it came: still sealed, to be verified again whenever it is read.
    package struct SealedConfig: Equatable, Sendable {
        package let envelope: WireEnvelope
        /// The root that it was verified against. The one in force may no longer name the key that signed it.
        package let root: WireEnvelope
        /// Encodings by SHA-256.
        package let segments: [Data: Data]

        package init(envelope: WireEnvelope, root: WireEnvelope, segments: [Data: Data]) {
            self.envelope = envelope
            self.root = root
            self.segments = segments
        }
    }

    package func config() throws -> SealedConfig? {
        try database.read { database in
            guard let bytes = try Self.document("config", database),
                let root = try Self.document("configRoot", database)
            else { return nil }
            let rows = try Row.fetchAll(database, sql: "SELECT digest, bytes FROM segment")
            let segments = rows.map { row -> (Data, Data) in (row["digest"], row["bytes"]) }
            return SealedConfig(
                envelope: try WireEnvelope(serializedBytes: bytes), root: try WireEnvelope(serializedBytes: root),
                segments: Dictionary(segments, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// Replaces the configuration and drops segments that it does not name.
    package func save(_ config: SealedConfig) throws {
        let bytes: Data = try config.envelope.serializedBytes()
        let root: Data = try config.root.serializedBytes()
        try database.write { database in
            let kept = try Data.fetchSet(database, sql: "SELECT digest FROM segment")
            for digest in kept.subtracting(config.segments.keys) {
                try database.execute(sql: "DELETE FROM segment WHERE digest = ?", arguments: [digest])
            }
            for (digest, bytes) in config.segments where !kept.contains(digest) {
                try database.execute(
                    sql: "INSERT INTO segment (digest, bytes) VALUES (?, ?)", arguments: [digest, bytes])
            }
            try Self.setDocument("config", bytes, database)
            try Self.setDocument("configRoot", root, database)
        }
    }

    // MARK: Timestamp

    /// The last timestamp that was taken, as it came.
    package struct SealedTimestamp: Equatable, Sendable {
        package let envelope: WireEnvelope
        /// The root that it was verified against.
        package let root: WireEnvelope

        package init(envelope: WireEnvelope, root: WireEnvelope) {
            self.envelope = envelope
            self.root = root
        }
    }

    package func timestamp() throws -> SealedTimestamp? {
        try database.read { database in
            guard let bytes = try Self.document("timestamp", database),
                let root = try Self.document("timestampRoot", database)
            else { return nil }
            return SealedTimestamp(
                envelope: try WireEnvelope(serializedBytes: bytes), root: try WireEnvelope(serializedBytes: root))
        }
    }

    package func save(_ timestamp: SealedTimestamp) throws {
        let bytes: Data = try timestamp.envelope.serializedBytes()
        let root: Data = try timestamp.root.serializedBytes()
        try database.write { database in
            try Self.setDocument("timestamp", bytes, database)
            try Self.setDocument("timestampRoot", root, database)
        }
    }

    // MARK: Root

    package func root() throws -> WireEnvelope? {
        try database.read { try Self.document("root", $0) }.map { try WireEnvelope(serializedBytes: $0) }
    }

    package func save(root: WireEnvelope) throws {
        let bytes: Data = try root.serializedBytes()
        try database.write { try Self.setDocument("root", bytes, $0) }
    }

    /// Begins anew with a root that does not follow from the one before: nothing that was signed under that one stays.
    package func startOver(root: WireEnvelope) throws {
        let bytes: Data = try root.serializedBytes()
        try database.write { database in
            try database.execute(sql: "DELETE FROM document; DELETE FROM segment")
            try Self.setDocument("root", bytes, database)
        }
    }

    // MARK: Listen ports

    /// By interface, the UDP port that an open choice fell on: peers have learned it, so it stays.
    package func listenPorts() throws -> [String: UInt16] {
        try database.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT interface, port FROM listenPort")
            return Dictionary(
                rows.map { ($0["interface"] as String, $0["port"] as UInt16) }, uniquingKeysWith: { first, _ in first })
        }
    }

    package func save(listenPorts: [String: UInt16]) throws {
        try database.write { database in
            try database.execute(sql: "DELETE FROM listenPort")
            for (interface, port) in listenPorts {
                try database.execute(
                    sql: "INSERT INTO listenPort (interface, port) VALUES (?, ?)", arguments: [interface, port])
            }
        }
    }

    private static func document(_ name: String, _ database: Database) throws -> Data? {
        try Data.fetchOne(database, sql: "SELECT bytes FROM document WHERE name = ?", arguments: [name])
    }

    private static func setDocument(_ name: String, _ bytes: Data, _ database: Database) throws {
        try database.execute(
            sql:
                "INSERT INTO document (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes",
            arguments: [name, bytes])
    }
}

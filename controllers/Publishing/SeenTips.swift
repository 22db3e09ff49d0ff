package import GRDB
internal import GitRepository
internal import Synchronization

/// Where this controller has seen branches that only ever go forward, also before its last start: so that nobody who may push
/// can take back what was published. In SQLite, as all that a controller knows for itself; a cache that is deleted forgets.
package final class SeenTips: Sendable {
    private let database: DatabaseQueue
    private let tips: Mutex<[String: ObjectID]>

    package init(_ database: DatabaseQueue) throws {
        self.database = database
        let rows = try database.write { database in
            try database.execute(
                sql:
                    "CREATE TABLE IF NOT EXISTS seen (branch TEXT NOT NULL PRIMARY KEY, tip TEXT NOT NULL) WITHOUT ROWID"
            )
            return try Row.fetchAll(database, sql: "SELECT branch, tip FROM seen")
        }
        var tips: [String: ObjectID] = [:]
        for row in rows { tips[row["branch"]] = ObjectID(row["tip"] as String) }
        self.tips = Mutex(tips)
    }

    subscript(repository: Repository, branch: String) -> ObjectID? {
        tips.withLock { $0[Self.name(repository, branch)] }
    }

    /// Throws where it cannot be written: what is not remembered must not be built upon.
    func remember(_ tip: ObjectID, _ repository: Repository, _ branch: String) throws {
        let name = Self.name(repository, branch)
        try database.write {
            try $0.execute(sql: "INSERT OR REPLACE INTO seen VALUES (?, ?)", arguments: [name, tip.description])
        }
        tips.withLock { $0[name] = tip }
    }

    private static func name(_ repository: Repository, _ branch: String) -> String {
        "\(branch) of \(repository.location)"
    }
}

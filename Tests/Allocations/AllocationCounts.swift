import Glibc
import TestLab

/// What a `cvland` allocates on its packet workers, as the counter that is loaded into it writes it to a file (see
/// Counter/include/AllocationCounter.h).
final class AllocationCounts: Sendable {
    private let path: String

    /// For the `cvland` that is to be counted.
    let environment: [String: String]

    init(_ label: String, _ lab: Lab) throws {
        path = lab.directory + "/allocations-" + label
        environment = try ["LD_PRELOAD": program("libAllocationCounter.so"), "CVLAN_ALLOCATION_COUNTS": path]
    }

    /// In the order of `struct allocation_counts`.
    private enum Word: off_t {
        case allocations, frees, receives, traces, spoils
    }

    var allocations: Int { get throws { try self[.allocations] } }
    /// Calls for datagrams that gave some.
    var receives: Int { get throws { try self[.receives] } }

    /// Has the stacks of the next allocations written to the daemon's log.
    func trace(_ count: Int) throws { try set(.traces, count) }

    /// Has every call for datagrams allocate from now on.
    func spoil() throws { try set(.spoils, 1) }

    private subscript(word: Word) -> Int {
        get throws {
            var value: UInt64 = 0
            try withFile { descriptor in
                guard pread(descriptor, &value, 8, word.rawValue * 8) == 8 else {
                    throw LabError("nothing is counted in \(path)")
                }
            }
            return Int(value)
        }
    }

    private func set(_ word: Word, _ value: Int) throws {
        var value = UInt64(value)
        try withFile { descriptor in
            guard pwrite(descriptor, &value, 8, word.rawValue * 8) == 8 else {
                throw LabError("\(path) is not written")
            }
        }
    }

    private func withFile(_ body: (Int32) throws -> Void) throws {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw LabError("nothing is counted: there is no \(path)") }
        defer { close(descriptor) }
        try body(descriptor)
    }
}

internal import Addressing
internal import OpenSSL
internal import Synchronization
internal import Tunneling

/// What all lanes of a device look things up in. Its own thread alone changes it, and what peers have that lanes read (their path
/// and their sessions), by `change`; other lanes read it through their gates.
final class DeviceTables {
    fileprivate(set) var peers: ContiguousArray<Peer?> = []
    fileprivate(set) var allowedIPs = PrefixTable()
    fileprivate(set) var indices = IndexTable<IndexUse>()
    /// Of handshakes to this device; `nil`: it has no key.
    fileprivate(set) var mac1Key: Bytes32?
    let isUp = Atomic<Bool>(true)
    let mtu: Atomic<Int>

    /// Of the lanes of other threads.
    private var gates: [Gate] = []
    /// Changes under way, one within another.
    private var depth = 0

    init(mtu: Int) {
        self.mtu = Atomic(mtu)
    }

    /// `nil` for a peer that was removed.
    @inline(__always)
    subscript(id: PeerID) -> Peer? {
        guard Int(id.index) < peers.count, let peer = peers[Int(id.index)], peer.id == id else { return nil }
        return peer
    }

    func add(_ gate: Gate) { gates.append(gate) }

    /// Changes something while no lane looks. Lanes that come meanwhile wait: nothing that takes long belongs here.
    @inline(__always)
    func change<Result>(_ body: (inout Changes) -> Result) -> Result {
        if depth == 0 { for gate in gates { gate.lock() } }
        depth += 1
        var changes = Changes(tables: self)
        let result = body(&changes)
        depth -= 1
        if depth == 0 { for gate in gates { gate.unlock() } }
        return result
    }

    /// The tables, to be written to.
    struct Changes {
        fileprivate let tables: DeviceTables

        var peers: ContiguousArray<Peer?> {
            _read { yield tables.peers }
            nonmutating _modify { yield &tables.peers }
        }
        var allowedIPs: PrefixTable {
            _read { yield tables.allowedIPs }
            nonmutating _modify { yield &tables.allowedIPs }
        }
        var mac1Key: Bytes32? {
            get { tables.mac1Key }
            nonmutating set { tables.mac1Key = newValue }
        }
        var indices: IndexTable<IndexUse> {
            _read { yield tables.indices }
            nonmutating _modify { yield &tables.indices }
        }
    }
}

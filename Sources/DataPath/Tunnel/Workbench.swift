internal import AEAD
internal import IPsec
internal import PacketIO
internal import WireGuard

/// What the interfaces of a worker move their packets with, in turn; between two events it is empty. Confined to the worker's
/// thread.
package final class Workbench {
    let engine: AEADEngine
    let sealer: DataSealer
    let opener: DataOpener
    let receiver: DatagramReceiver
    let queue = DatagramQueue()
    /// `nil` where nothing goes by IPsec.
    private(set) var esp: ESPBench?
    /// For what the WireGuard device made on its own, which goes first.
    let outboxQueue = DatagramQueue()
    let outboxMemory: PacketMemory

    private lazy var tcpMerger = PacketMerger(capacity: Workbench.mergedAtOnce, mergesUDP: false)
    private lazy var fullMerger = PacketMerger(capacity: Workbench.mergedAtOnce, mergesUDP: true)
    private static let mergedAtOnce = 512

    /// Where a large packet is read, to be cut from there.
    let large: PacketMemory
    /// Where datagrams are made.
    private let arena: PacketMemory
    private var used = 0
    /// Beyond this, what is there is sent before more is read: it is still in the cache then.
    private static let fillLevel = 32 << 10
    private static let arenaCount = 4 << 16
    /// ESP's header and trailer are longer than WireGuard's.
    private static let roomForLongest =
        ESPFormat.maximumHeadroom + TUNDevice.longestPacket + ESPFormat.maximumTailroom
    /// More than the longest datagram.
    private static let outboxCount = 2 << 16
    /// Bytes that came through since memory was given back.
    private var moved = 0
    /// What fewer bytes than this have touched is not worth a wake-up.
    private static let rush = 1 << 20

    init(engine: AEADEngine) throws(IOError) {
        self.engine = engine
        sealer = DataSealer(engine: engine)
        opener = DataOpener(engine: engine)
        receiver = try DatagramReceiver()
        large = try PacketMemory(count: TUNDevice.longestPacket)
        arena = try PacketMemory(count: Self.arenaCount)
        outboxMemory = try PacketMemory(count: Self.outboxCount)
    }

    /// Made with the first packet or port that it is for.
    func espBench() -> ESPBench {
        if let esp { return esp }
        let made = ESPBench(engine: engine)
        esp = made
        return made
    }

    func merger(for offload: TUNOffload) -> PacketMerger? {
        switch offload {
        case .none, .header: nil
        case .tcp: tcpMerger
        case .tcpAndUDP: fullMerger
        }
    }

    /// Where the next packet for a datagram goes, with `Device.headroom` bytes before it, and room for the longest one and what
    /// either protocol puts around it.
    var next: UnsafeMutableRawPointer { arena.base + used + Device.headroom }

    /// Takes `count` bytes of the arena, from `Device.headroom` bytes before `next`.
    func take(_ count: Int) {
        used += count
    }

    /// Whether the longest packet and one more datagram fit.
    var hasRoom: Bool {
        used + Self.roomForLongest <= Self.arenaCount && !queue.isFull && sealer.room > 0 && esp?.hasRoom ?? true
    }

    var isWellFilled: Bool { used >= Self.fillLevel }

    /// Forgets what was sent.
    func removeAll() {
        queue.removeAll()
        used = 0
    }

    // MARK: Memory

    func noteMoved(_ count: Int) {
        moved += count
    }

    /// Whether a rush has left memory behind that can be given back.
    var holdsMemory: Bool { moved >= Self.rush }

    /// Gives back what a rush had taken.
    func release() {
        moved = 0
        receiver.release()
        large.release()
        arena.release()
        outboxMemory.release()
    }
}

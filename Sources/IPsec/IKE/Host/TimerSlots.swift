internal import Tunneling

/// Something that has to be looked at when its time has come.
protocol Timed: AnyObject {
    var slot: UInt32 { get set }
    /// `.never`: no timer runs.
    var deadline: Instant { get }
}

/// The timers of a host: one wheel for all that has a deadline.
struct TimerSlots {
    private var wheel = TimerWheel()
    private var owners: ContiguousArray<(any Timed)?> = []
    private var free: [UInt32] = []

    mutating func add(_ owner: some Timed, now: Instant) {
        wheel.begin(at: now)
        if let slot = free.popLast() {
            owners[Int(slot)] = owner
            owner.slot = slot
        } else {
            owner.slot = UInt32(owners.count)
            owners.append(owner)
        }
    }

    mutating func remove(_ owner: some Timed) {
        guard owners[Int(owner.slot)] === owner else { return }
        wheel.set(owner.slot, .never)
        owners[Int(owner.slot)] = nil
        free.append(owner.slot)
    }

    /// Takes up the owner's deadline anew.
    mutating func update(_ owner: any Timed) {
        guard owners[Int(owner.slot)] === owner else { return }
        wheel.set(owner.slot, owner.deadline)
    }

    var next: Instant? {
        mutating get { wheel.next { [owners] in owners[Int($0)]?.deadline ?? .never } }
    }

    mutating func takeDue(at now: Instant) -> (any Timed)? {
        while let slot = wheel.takeDue(at: now) {
            if let owner = owners[Int(slot)] { return owner }
        }
        return nil
    }
}

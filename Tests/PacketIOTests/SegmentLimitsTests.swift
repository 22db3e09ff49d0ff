import Addressing
import PacketIO
import Testing

@Suite struct SegmentLimitsTests {
    private func address(_ number: Int) -> IPAddress { IPAddress(v4: 0x0A00_0000 + UInt32(number)) }

    /// `#expect` takes no call that changes something.
    private func lower(
        _ limits: inout SegmentLimits, to largest: Int, for address: IPAddress, at now: MonotonicTime
    ) -> SegmentLimits.News? {
        limits.lower(to: largest, for: address, at: now)
    }

    private func after(_ seconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 7_000_000_000 + seconds * 1_000_000_000)
    }

    @Test func aLimitIsOneAddresssAndIsToldOnce() {
        var limits = SegmentLimits()
        #expect(limits.largest(to: address(1), at: after(0)) == .max)
        #expect(lower(&limits, to: 1_399, for: address(1), at: after(0)) == .address(address(1)))
        #expect(limits.largest(to: address(1), at: after(1)) == 1_399)
        #expect(limits.largest(to: address(2), at: after(1)) == .max)
        #expect(lower(&limits, to: 999, for: address(1), at: after(2)) == nil)
        #expect(lower(&limits, to: 1_200, for: address(1), at: after(3)) == nil)
        #expect(limits.largest(to: address(1), at: after(4)) == 999)
    }

    @Test func afterSomeMinutesItIsTriedAgainButNotToldAgain() {
        var limits = SegmentLimits()
        _ = limits.lower(to: 0, for: address(1), at: after(0))
        let lifetime = SegmentLimits.lifetimeSeconds
        #expect(limits.largest(to: address(1), at: after(lifetime - 1)) == 0)
        #expect(limits.largest(to: address(1), at: after(lifetime)) == .max)
        #expect(lower(&limits, to: 1_399, for: address(1), at: after(lifetime)) == nil)
        #expect(limits.largest(to: address(1), at: after(lifetime + 1)) == 1_399)
    }

    @Test func moreAddressesThanThereIsRoomForAreAll() {
        var limits = SegmentLimits()
        for number in 0..<SegmentLimits.capacity {
            #expect(lower(&limits, to: 1_000 + number, for: address(number), at: after(0)) == .address(address(number)))
        }
        #expect(limits.largest(to: address(500), at: after(1)) == .max)
        #expect(lower(&limits, to: 1_399, for: address(500), at: after(1)) == .all)
        #expect(limits.largest(to: address(7_000), at: after(2)) == 1_000)
        #expect(lower(&limits, to: 900, for: address(7_001), at: after(2)) == nil)
        #expect(limits.largest(to: address(3), at: after(3)) == 900)
        #expect(limits.largest(to: address(3), at: after(3 + SegmentLimits.lifetimeSeconds)) == .max)
    }

    @Test func addressesOfLongAgoMakeRoom() {
        var limits = SegmentLimits()
        for number in 0..<SegmentLimits.capacity { _ = limits.lower(to: 1_000, for: address(number), at: after(0)) }
        let later = after(SegmentLimits.lifetimeSeconds)
        #expect(lower(&limits, to: 1_399, for: address(500), at: later) == .address(address(500)))
        #expect(limits.largest(to: address(500), at: later) == 1_399)
        #expect(limits.largest(to: address(501), at: later) == .max)
    }
}

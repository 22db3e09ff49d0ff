import TestLab
import TestTunnels
import Testing

/// What `cvland` allocates on its packet workers while packets pass. The last tests are controls: traffic that is known to
/// allocate is measured in the same way, and must be found out.
@Suite(.serialized) struct AllocationTests {
    @Test(arguments: Underlay.allCases, [true, false])
    func steadyTrafficAllocatesNothing(over underlay: Underlay, offloads: Bool) async throws {
        try await withLab { lab in
            let ends = try await CountedPair(lab, over: underlay)
            if !offloads { try ends.turnOffOffloads() }
            try await expectNone(CountedTraffic(ends).measure(), lab)
        }
    }

    @Test func aPolicyInForceAllocatesNothing() async throws {
        try await withLab { lab in
            let ends = try await ManagedPair(lab)
            try await expectNone(CountedTraffic(ends).measure(), lab)
        }
    }

    @Test(arguments: Underlay.allCases)
    func steadyTrafficByESPAllocatesNothing(over underlay: Underlay) async throws {
        try await withLab { lab in
            let ends = try await IPsecCountedPair(lab, over: underlay)
            #expect(try await ends.suite()?.hasPrefix("aes256gcm16") == true)
            try await expectNone(CountedTraffic(ends).measure(), lab)
        }
    }

    private func expectNone(_ measured: Measurement, _ lab: Lab) {
        print("figure: \(measured)")
        for end in measured.ends {
            #expect(end.packets >= 100_000)
            #expect(end.allocations <= measured.allowed, "\(measured)\n\(lab.logs)")
        }
    }

    // MARK: Controls

    @Test func anAllocationAtEachReceiveIsFound() async throws {
        try await withLab { lab in try await expectFound(CountedPair(lab)) }
    }

    @Test func anAllocationAtEachReceiveOfESPIsFound() async throws {
        try await withLab { lab in try await expectFound(IPsecCountedPair(lab)) }
    }

    /// Allocates as much as a buffer for each call for datagrams would be.
    private func expectFound(_ ends: any CountedEnds) async throws {
        let measured = try await CountedTraffic(ends).measure {
            for counts in ends.counts { try counts.spoil() }
        }
        print("figure: control, \(measured)")
        for end in measured.ends {
            #expect(end.allocations > measured.allowed)
            #expect(end.allocations >= end.receives)
        }
    }

    /// Peers that come and go allocate, and are none of the steady state.
    @Test func whatHandshakesAllocateIsFound() async throws {
        try await withLab { lab in
            let ends = try await CountedPair(lab)
            let measured = try await CountedTraffic(ends).measure {
                for _ in 0..<3 { try await ends.renewSessions() }
            }
            print("figure: control, \(measured)")
            for end in measured.ends { #expect(end.allocations > measured.allowed) }
        }
    }
}

import Testing
import WireGuard

@Suite struct SessionAgeTests {
    private func age(isInitiator: Bool = true, counter: UInt64) -> SessionAge {
        SessionAge(isInitiator: isInitiator, created: .start, sendCounter: counter)
    }

    @Test func renewalIsDueAfterRekeyAfterMessages() {
        let limit: UInt64 = 1 << 60
        for isInitiator in [true, false] {
            #expect(!age(isInitiator: isInitiator, counter: limit).wantsRenewalAfterSending(at: .at(1)))
            #expect(age(isInitiator: isInitiator, counter: limit + 1).wantsRenewalAfterSending(at: .at(1)))
        }
    }

    @Test func nothingIsSentAfterRejectAfterMessages() {
        let limit = UInt64.max - (1 << 13)
        #expect(age(counter: limit - 1).canSend(at: .at(1)))
        #expect(!age(counter: limit).canSend(at: .at(1)))
        var last = age(counter: limit - 1)
        #expect(last.takeCounters(1) == limit - 1..<limit)
        #expect(!last.canSend(at: .at(1)))
    }

    @Test func asManyAreSentAsTheLimitLeaves() {
        let limit = UInt64.max - (1 << 13)
        var last = age(counter: limit - 10)
        #expect(last.canSend(10, at: .at(1)) && !last.canSend(11, at: .at(1)) && !last.canSend(.max, at: .at(1)))
        #expect(last.takeCounters(4) == limit - 10..<limit - 6)
        #expect(last.canSend(6, at: .at(1)) && !last.canSend(7, at: .at(1)))
        #expect(last.takeCounters(6) == limit - 6..<limit)
        #expect(!last.canSend(at: .at(1)))
    }

    @Test func onlyTheInitiatorGoesByTheTime() {
        #expect(age(counter: 1).wantsRenewalAfterSending(at: .at(120)))
        #expect(!age(counter: 1).wantsRenewalAfterSending(at: .at(119.9)))
        #expect(!age(isInitiator: false, counter: 1).wantsRenewalAfterSending(at: .at(179)))
        #expect(age(counter: 1).wantsRenewalAfterReceiving(at: .at(165)))
        #expect(!age(counter: 1).wantsRenewalAfterReceiving(at: .at(164.9)))
        #expect(!age(isInitiator: false, counter: 1).wantsRenewalAfterReceiving(at: .at(170)))
    }

    @Test func retiredSessionSendsNoMore() {
        var retired = age(counter: 5)
        retired.retire()
        #expect(!retired.canSend(at: .at(1)))
    }
}

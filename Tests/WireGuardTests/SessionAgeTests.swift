import Testing
import Tunneling
import WireGuard

@Suite struct SessionAgeTests {
    private func age(isInitiator: Bool = true, counter: UInt64) -> SessionAge {
        SessionAge(isInitiator: isInitiator, created: .start, sendCounter: counter)
    }

    @Test func renewalIsDueAfterRekeyAfterMessages() {
        let limit: UInt64 = 1 << 60
        for isInitiator in [true, false] {
            #expect(age(isInitiator: isInitiator, counter: limit).wantsRenewalAfterSending(at: .at(1)) == false)
            #expect(age(isInitiator: isInitiator, counter: limit + 1).wantsRenewalAfterSending(at: .at(1)) == true)
        }
    }

    @Test func nothingIsSentAfterRejectAfterMessages() {
        let limit = UInt64.max - (1 << 13)
        #expect(age(counter: limit - 1).canSend(at: .at(1)) == true)
        #expect(age(counter: limit).canSend(at: .at(1)) == false)
        let last = age(counter: limit - 1)
        #expect(last.takeCounters(1, at: .at(1)) == limit - 1..<limit)
        #expect(last.canSend(at: .at(1)) == false)
        #expect(last.takeCounters(1, at: .at(1)) == nil)
    }

    @Test func asManyAreSentAsTheLimitLeaves() {
        let limit = UInt64.max - (1 << 13)
        let last = age(counter: limit - 10)
        #expect(last.takeCounters(11, at: .at(1)) == nil)
        #expect(last.takeCounters(.max, at: .at(1)) == nil)
        #expect(last.takeCounters(4, at: .at(1)) == limit - 10..<limit - 6)
        #expect(last.takeCounters(7, at: .at(1)) == nil)
        #expect(last.takeCounters(6, at: .at(1)) == limit - 6..<limit)
        #expect(last.canSend(at: .at(1)) == false)
    }

    @Test func onlyTheInitiatorGoesByTheTime() {
        #expect(age(counter: 1).wantsRenewalAfterSending(at: .at(120)) == true)
        #expect(age(counter: 1).wantsRenewalAfterSending(at: .at(119.9)) == false)
        #expect(age(isInitiator: false, counter: 1).wantsRenewalAfterSending(at: .at(179)) == false)
        #expect(age(counter: 1).wantsRenewalAfterReceiving(at: .at(165)) == true)
        #expect(age(counter: 1).wantsRenewalAfterReceiving(at: .at(164.9)) == false)
        #expect(age(isInitiator: false, counter: 1).wantsRenewalAfterReceiving(at: .at(170)) == false)
    }

    @Test func retiredSessionSendsNoMore() {
        let retired = age(counter: 5)
        retired.retire()
        #expect(retired.canSend(at: .at(1)) == false)
        #expect(retired.takeCounters(1, at: .at(1)) == nil)
    }
}

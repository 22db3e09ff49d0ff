import Controllers
import Foundation
import Testing

struct DeliveryTests {
    private let a = Data([1])
    private let b = Data([2])
    private let c = Data([3])

    @Test func theFirstUpdateCarriesAllSegments() {
        var delivery = Delivery(inForce: 0)
        #expect(delivery.offer(generation: 4, segments: [a, b]) == [a, b])
        #expect(delivery.inFlight == 4)
    }

    @Test func anAgentThatHasTheCurrentGenerationGetsNothing() {
        var delivery = Delivery(inForce: 4)
        #expect(delivery.offer(generation: 4, segments: [a, b]) == nil)
        #expect(delivery.inFlight == nil)
        // And of the next only what is new.
        #expect(delivery.offer(generation: 5, segments: [a, c]) == [c])
    }

    @Test func anAgentThatIsBehindGetsAllSegments() {
        var delivery = Delivery(inForce: 3)
        #expect(delivery.offer(generation: 4, segments: [a, b]) == [a, b])
    }

    @Test func updatesWaitForTheAnswerAndCoalesceIntoOne() {
        var delivery = Delivery(inForce: 0)
        _ = delivery.offer(generation: 1, segments: [a])
        for generation in 2...9 as ClosedRange<UInt64> {
            #expect(delivery.offer(generation: generation, segments: [a, b]) == nil)
        }
        delivery.acknowledge(inForce: 1, refused: false)
        #expect(delivery.offer(generation: 9, segments: [a, b]) == [b])
        #expect(delivery.inFlight == 9)
    }

    @Test func aReportOfAnOlderGenerationAnswersNothing() {
        var delivery = Delivery(inForce: 3)
        _ = delivery.offer(generation: 5, segments: [a])
        delivery.acknowledge(inForce: 3, refused: false)
        #expect(delivery.inFlight == 5)
        #expect(delivery.offer(generation: 6, segments: [a]) == nil)
    }

    @Test func aRefusalSettlesAndTheSameIsNotSentAgain() {
        var delivery = Delivery(inForce: 3)
        _ = delivery.offer(generation: 5, segments: [a])
        delivery.acknowledge(inForce: 3, refused: true)
        #expect(delivery.inFlight == nil)
        #expect(delivery.offer(generation: 5, segments: [a]) == nil)
        #expect(delivery.offer(generation: 6, segments: [a, b]) == [a, b])
    }

    @Test func aSegmentThatWentAwayIsSentAgainWhenItComesBack() {
        var delivery = Delivery(inForce: 0)
        _ = delivery.offer(generation: 1, segments: [a, b])
        delivery.acknowledge(inForce: 1, refused: false)
        _ = delivery.offer(generation: 2, segments: [a])
        delivery.acknowledge(inForce: 2, refused: false)
        #expect(delivery.offer(generation: 3, segments: [a, b]) == [b])
    }
}

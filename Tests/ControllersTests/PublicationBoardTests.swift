import Controllers
import Foundation
import Testing

struct PublicationBoardTests {
    private let board = PublicationBoard()
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    @Test func whatWasSeenLastStaysWhileClocksAreNearEachOther() {
        board.confirm(at: start)
        board.confirm(at: start - 299)
        #expect(board.lastConfirmed == start)
        board.confirm(at: start + 1)
        #expect(board.lastConfirmed == start + 1)
    }

    @Test func aClockThatWasAheadVouchesForNothingOnceItIsSetRight() {
        board.confirm(at: start + 86400)
        board.confirm(at: start)
        #expect(board.lastConfirmed == start)
    }
}

import Synchronization
import TestRandom
import Tunneling
import WireGuard

/// An environment whose randomness is seeded and whose time of day is set by the test.
final class TestEnvironment: Sendable {
    private let generator: Mutex<SeededRandom>
    let wallTime: Mutex<WallTime>

    init(seed: UInt64, wallTime: WallTime = WallTime(seconds: 1_800_000_000, nanoseconds: 0)) {
        generator = Mutex(SeededRandom(seed))
        self.wallTime = Mutex(wallTime)
    }

    var environment: Environment {
        Environment(
            random: { [self] buffer in
                generator.withLock { generator in
                    for index in buffer.indices { buffer[index] = UInt8.random(in: .min ... .max, using: &generator) }
                }
            },
            wallTime: { [self] in wallTime.withLock { $0 } })
    }

    /// The time of day runs with the test's clock.
    func setWallTime(since start: WallTime, elapsed: Instant.Span) {
        let nanoseconds = UInt64(start.nanoseconds) + elapsed.nanoseconds
        wallTime.withLock {
            $0 = WallTime(
                seconds: start.seconds + Int64(nanoseconds / 1_000_000_000),
                nanoseconds: UInt32(nanoseconds % 1_000_000_000))
        }
    }
}

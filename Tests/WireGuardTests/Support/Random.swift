import Synchronization
import Tunneling
import WireGuard

/// SplitMix64: the same numbers from the same seed, on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True so many times in a thousand.
    mutating func chance(_ permille: Int) -> Bool {
        Int.random(in: 0..<1000, using: &self) < permille
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}

/// An environment whose randomness is seeded and whose time of day is set by the test.
final class TestEnvironment: Sendable {
    private let generator: Mutex<SeededGenerator>
    let wallTime: Mutex<WallTime>

    init(seed: UInt64, wallTime: WallTime = WallTime(seconds: 1_800_000_000, nanoseconds: 0)) {
        generator = Mutex(SeededGenerator(seed: seed))
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

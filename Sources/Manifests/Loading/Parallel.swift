internal import Dispatch
internal import Glibc
internal import Synchronization

/// Work on all cores that this process may use.
package enum Parallel {
    /// What `transform` makes of each element, in the order of the elements.
    ///
    /// Elements are handed out in small runs, so that a few large ones do not keep the other cores waiting. Few elements
    /// are not worth a thread. The calling thread works too, and waits until all is done.
    ///
    /// - Parameter fewest: elements that one core does alone.
    package static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], fewest: Int = 16, _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        let count = elements.count
        let workers = min(cores, count / max(1, fewest) + 1)
        guard workers > 1 else { return elements.map(transform) }
        let runs = Runs(count: count, length: min(64, count / (workers * 8)))
        return [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            // Each index is initialised by the worker that was given it, and by nobody else; `concurrentPerform` returns
            // when all are.
            nonisolated(unsafe) let results = buffer
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                while let run = runs.next() {
                    for index in run { results.initializeElement(at: index, to: transform(elements[index])) }
                }
            }
            initializedCount = count
        }
    }

    /// As `map`, for elements that are to be waited for: while a worker finishes the elements of a run, those of its next
    /// one have begun.
    ///
    /// - Parameters:
    ///   - mostBegun: elements that have begun and are not finished, of all workers together.
    ///   - begin: does not wait itself.
    package static func map<Element: Sendable, Begun, Result: Sendable>(
        _ elements: [Element], mostBegun: Int, begin: @Sendable (Element) -> Begun,
        finish: @Sendable (Element, Begun) -> Result
    ) -> [Result] {
        let count = elements.count
        let workers = min(cores, count / 16 + 1)
        let runs = Runs(count: count, length: min(mostBegun / (workers * 2), count / (workers * 8)))
        return [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            // As in the other `map`.
            nonisolated(unsafe) let results = buffer
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                var next = runs.next()
                var begun = next.map { elements[$0].map(begin) }
                while let run = next, let ready = begun {
                    next = runs.next()
                    begun = next.map { elements[$0].map(begin) }
                    for (index, element) in zip(run, ready) {
                        results.initializeElement(at: index, to: finish(elements[index], element))
                    }
                }
            }
            initializedCount = count
        }
    }

    /// The indices of elements, handed out in order, a few at a time.
    private final class Runs: Sendable {
        private let position = Atomic<Int>(0)
        private let count: Int
        private let length: Int

        init(count: Int, length: Int) {
            self.count = count
            self.length = max(1, length)
        }

        /// `nil` when there are no more.
        func next() -> Range<Int>? {
            let start = position.add(length, ordering: .relaxed).oldValue
            return start < count ? start..<min(start + length, count) : nil
        }
    }

    /// That the machine has: where this process may use fewer, some workers find that nothing is left to do.
    private static let cores = max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
}

import DiffSync
import Testing

@Suite struct PlanTests {
    private let frame = Part(kind: .frame, key: 1)
    private var board: Part { Part(kind: .board, key: 1, standsOn: [frame.id]) }
    private var chip: Part { Part(kind: .chip, key: 1, standsOn: [board.id]) }

    @Test func parentsAreCreatedFirstAndDeletedLast() throws {
        let all = try RecordSet([chip, frame, board])
        #expect(diff(from: RecordSet(), to: all).operations.map(\.id) == [frame.id, board.id, chip.id])
        #expect(diff(from: all, to: RecordSet()).operations.map(\.id) == [chip.id, board.id, frame.id])
    }

    @Test func whatWasUsedIsDeletedAfterItsUsersLetGo() throws {
        var moved = board
        let other = Part(kind: .frame, key: 2)
        moved.standsOn = [other.id]
        let plan = diff(from: try RecordSet([frame, board]), to: try RecordSet([other, moved]))
        #expect(plan.operations.map(\.description) == ["+ frame 2", "~ board 1", "- frame 1"])
    }

    @Test func unrelatedDeletionsComeFirst() throws {
        let plan = diff(
            from: try RecordSet([Part(kind: .frame, key: 9)]), to: try RecordSet([Part(kind: .frame, key: 1)]))
        #expect(plan.operations.map(\.description) == ["- frame 9", "+ frame 1"])
    }

    @Test func anUpdateNamesTheChangedFieldsOnly() throws {
        var changed = frame
        changed.color = "blue"
        let plan = diff(from: try RecordSet([frame]), to: try RecordSet([changed]))
        guard case .update(_, _, let fields)? = plan.operations.first?.change else {
            Issue.record("no update")
            return
        }
        #expect(fields.map(\.description) == ["color: red → blue"])
    }

    @Test func aFieldThatIsNotWantedIsNotCompared() throws {
        var present = frame
        present.serial = "X-1"
        #expect(diff(from: try RecordSet([present]), to: try RecordSet([frame])).isEmpty)
        #expect(!diff(from: try RecordSet([frame]), to: try RecordSet([present])).isEmpty)
    }

    @Test func theDryRunPrintsEveryStep() throws {
        var changed = board
        changed.pins = [2, 3]
        var before = board
        before.pins = [1, 2]
        let plan = diff(from: try RecordSet([frame, before, chip]), to: try RecordSet([frame, changed]))
        #expect(
            plan.description == """
                - chip 1
                ~ board 1
                    pins: +3 -1
                0 to create, 1 to update, 1 to delete
                """)
        #expect(diff(from: RecordSet<Part>(), to: RecordSet()).description == "nothing to do")
    }

    @Test func aListThatIsOnlyReorderedIsShownWhole() throws {
        var before = frame
        before.pins = [1, 2]
        var after = frame
        after.pins = [2, 1]
        let plan = diff(from: try RecordSet([before]), to: try RecordSet([after]))
        #expect(plan.operations.first?.details.last == "    pins: [1, 2] → [2, 1]")
    }

    @Test func secretsAreComparedAndNeverShown() {
        let field = Field("key", .secret([0x73, 0x65, 0x63]))
        #expect(field != Field("key", .secret([1])))
        #expect(!"\(field)".contains("115") && "\(field.value)" == "(secret)")
    }

    @Test func twoRecordsOfOneNameAreRefused() {
        #expect(throws: DuplicateRecord<Part>.self) { try RecordSet([frame, frame]) }
    }
}

@Suite struct ApplyTests {
    private let frames = (1...3).map { Part(kind: .frame, key: $0) }

    private func plan() throws -> Plan<Part> {
        let boards = frames.map { Part(kind: .board, key: $0.key, standsOn: [$0.id]) }
        return diff(from: RecordSet(), to: try RecordSet(frames + boards))
    }

    @Test func aSkippedOperationNamesWhatItDependsOn() throws {
        let outcome = try plan().apply { operation in
            if operation.id == frames[1].id { throw Refusal(reason: "out of stock") }
        }
        #expect(outcome.problems == ["+ frame 2: out of stock", "+ board 2: skipped, as it depends on frame 2"])
        #expect(outcome.counts == (done: 4, failed: 1, skipped: 1))
        #expect(!outcome.succeeded)
    }

    @Test func batchedApplyingNeedsOneCallForEachLayer() async throws {
        var calls: [[String]] = []
        let outcome = try await plan().applyInBatches { batch in
            calls.append(batch.map(\.description))
            return batch.map { operation in
                operation.id == frames[0].id ? .failure(Refusal(reason: "bent")) : .success(())
            }
        }
        #expect(calls == [["+ frame 1", "+ frame 2", "+ frame 3"], ["+ board 2", "+ board 3"]])
        #expect(outcome.problems == ["+ frame 1: bent", "+ board 1: skipped, as it depends on frame 1"])
    }

    @Test func aMissingResultIsAFailure() async throws {
        let outcome = try await plan().applyInBatches { $0.dropLast().map { _ in .success(()) } }
        #expect(outcome.problems.contains("+ frame 3: no result"))
    }

    @Test func aThrowingBatchFailsAsAWhole() async throws {
        let outcome = try await plan().applyInBatches { _ in throw Refusal(reason: "gone") }
        #expect(outcome.counts == (done: 0, failed: 3, skipped: 3))
    }

    @Test func aCancelledTaskTriesNothingMore() async throws {
        let plan = try plan()
        let outcome = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await plan.apply { _ in await Task.yield() }
        }.value
        #expect(outcome.counts == (done: 0, failed: 0, skipped: 6))
    }
}

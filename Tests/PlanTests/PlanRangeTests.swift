import Plan
import Testing

struct PlanRangeTests {
    @Test(arguments: [
        ("main..topic", "main", "topic", false), ("main...topic", "main", "topic", true),
        ("main..", "main", "HEAD", false),
        ("..topic", "HEAD", "topic", false), ("v1.2..HEAD~3", "v1.2", "HEAD~3", false),
    ])
    func twoRevisionsAreRead(text: String, base: String, head: String, fromMergeBase: Bool) throws {
        let range = try #require(PlanRange(text))
        #expect(range.base == base)
        #expect(range.head == head)
        #expect(range.isFromMergeBase == fromMergeBase)
    }

    @Test(arguments: ["main", "", "..", "...", "a..b..c", "a....b"])
    func anythingElseIsNoRange(text: String) {
        #expect(PlanRange(text) == nil)
    }
}

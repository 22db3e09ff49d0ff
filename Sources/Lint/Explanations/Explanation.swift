/// What a finding code stands for: what is wrong, why that matters and how to mend it.
///
/// Texts are reflowed: a line break in them is a space, an empty line begins a paragraph. Examples are kept as they are.
package struct Explanation: Sendable {
    /// One line without a full stop: a heading, and all that lists of rules show.
    package let summary: String
    /// What it means and why it matters.
    package let meaning: String
    /// How to mend it.
    package let remedy: String
    /// A manifest that has the finding, and the same as it should be. Documents that are the same in both and say
    /// nothing about the matter are left out: the `Tenant`, and networks and nodes that are only named.
    package let bad: String
    package let good: String
    /// Exceptions, when to ignore it, what the controller makes of it; one paragraph each.
    package let notes: [String]

    init(summary: String, meaning: String, remedy: String, bad: String, good: String, notes: [String] = []) {
        self.summary = summary
        self.meaning = meaning
        self.remedy = remedy
        self.bad = bad
        self.good = good
        self.notes = notes
    }
}

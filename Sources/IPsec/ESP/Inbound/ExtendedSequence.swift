internal import Tunneling

/// The sequence number that a packet means by the lower half which it bears (RFC 4303, appendix A2.2).
package enum ExtendedSequence {
    /// - Parameters:
    ///   - lower: as the packet has it.
    ///   - highest: the greatest number that was authenticated so far.
    /// - Returns: `nil` for a number before the first or after the last.
    @inline(__always)
    package static func number(lower: UInt32, highest: UInt64) -> UInt64? {
        let width = UInt32(ReplayWindow.width)
        let (top, upper) = (UInt32(truncatingIfNeeded: highest), highest >> 32)
        let bottom = top &- (width - 1)
        let part: UInt64
        if top >= width - 1 {
            // The window lies within one turn of the lower half.
            part = lower >= bottom ? upper : upper + 1
        } else if lower >= bottom {
            guard upper > 0 else { return nil }
            part = upper - 1
        } else {
            part = upper
        }
        guard part <= UInt64(UInt32.max) else { return nil }
        return part << 32 | UInt64(lower)
    }
}

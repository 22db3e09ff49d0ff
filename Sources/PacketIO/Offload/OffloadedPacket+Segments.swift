extension OffloadedPacket {
    /// Writes segment `index` whole and returns its length in bytes.
    /// - Parameter destination: room for `count(ofSegment: index)` bytes, apart from the packet itself.
    package func writeSegment(_ index: Int, to destination: UnsafeMutableRawPointer) -> Int {
        precondition(index >= 0 && index < segmentCount)
        guard form != .none else { return writeWhole(to: destination) }
        let start = headerCount &+ index &* segmentSize
        let payload = min(segmentSize, count &- start)
        let isLast = index == segmentCount &- 1
        copyHeaders(to: destination)
        var checksum = transportSum
        checksum.add(
            InternetChecksum.copyAndSum(from: base + start, to: destination + headerCount, count: payload))

        let length = headerCount &+ payload
        if form.isIPv4 {
            let identification = identification &+ UInt16(truncatingIfNeeded: index)
            var network = networkSum
            network.add(number: UInt16(truncatingIfNeeded: length))
            network.add(number: identification)
            destination.store(number: UInt16(truncatingIfNeeded: length), at: IPv4Field.totalLength)
            destination.store(number: identification, at: IPv4Field.identification)
            destination.store(word: network.checksum, at: IPv4Field.checksum)
        } else {
            destination.store(
                number: UInt16(truncatingIfNeeded: length &- IPv6Field.count), at: IPv6Field.payloadLength)
        }

        let transport = destination + transportStart
        let transportLength = UInt16(truncatingIfNeeded: length &- transportStart)
        checksum.add(number: transportLength)
        if form.isTCP {
            let sequence = sequence &+ UInt32(truncatingIfNeeded: index &* segmentSize)
            checksum.add(number: sequence)
            transport.store(number: sequence, at: TCPField.sequence)
            // What happens after the data is for the last segment, and the answer to ECN is given once.
            var cleared: UInt8 = 0
            if !isLast { cleared |= TCPFlag.fin | TCPFlag.psh }
            if index > 0 { cleared |= TCPFlag.cwr }
            let flags = transport.load(fromByteOffset: TCPField.flags, as: UInt8.self) & ~cleared
            transport.storeBytes(of: flags, toByteOffset: TCPField.flags, as: UInt8.self)
            checksum.add(word: UnsafeRawPointer(transport).word16(TCPField.offsetAndFlags))
            transport.store(word: checksum.checksum, at: TCPField.checksum)
        } else {
            checksum.add(number: transportLength)
            transport.store(number: transportLength, at: UDPField.length)
            transport.store(word: checksum.nonzeroChecksum, at: UDPField.checksum)
        }
        return length
    }

    /// Makes the checksum of a packet that is not large where the packet lies, and copies nothing.
    /// - Returns: whether the packet may go on; when not, header and packet do not fit together, or the packet is
    ///   large.
    package static func completeChecksum(
        _ header: VirtioNetHeader, in bytes: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard header.type.kind == .none, let base = bytes.baseAddress, bytes.count <= maximumCount else { return false }
        guard header.flags.contains(.needsChecksum) else { return true }
        guard let (start, place) = try? checksumPlace(header, count: bytes.count) else { return false }
        let sum = InternetChecksum.sum(base + start, count: bytes.count &- start)
        base.store(word: sum.nonzeroChecksum, at: place)
        return true
    }

    private func writeWhole(to destination: UnsafeMutableRawPointer) -> Int {
        guard checksumPlace > 0 else {
            destination.copyMemory(from: base, byteCount: count)
            return count
        }
        destination.copyMemory(from: base, byteCount: transportStart)
        // The field is part of the sum: it holds the pseudo header's.
        let sum = InternetChecksum.copyAndSum(
            from: base + transportStart, to: destination + transportStart, count: count &- transportStart)
        destination.store(word: sum.nonzeroChecksum, at: checksumPlace)
        return count
    }

    /// Headers are 28 bytes or more: the last 16 are copied once more instead of byte by byte.
    @inline(__always)
    private func copyHeaders(to destination: UnsafeMutableRawPointer) {
        var offset = 0
        let last = headerCount &- 16
        while offset < last {
            copy16(offset, to: destination)
            offset &+= 16
        }
        copy16(last, to: destination)
    }

    @inline(__always)
    private func copy16(_ offset: Int, to destination: UnsafeMutableRawPointer) {
        destination.storeBytes(
            of: base.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self), toByteOffset: offset,
            as: SIMD2<UInt64>.self)
    }
}

extension InternetChecksum {
    /// As UDP wants it: 0 would say that there is none.
    @inline(__always)
    var nonzeroChecksum: UInt16 {
        let checksum = checksum
        return checksum == 0 ? 0xFFFF : checksum
    }
}

extension Array {
    /// Where the element with a name is, in an array in name order.
    func position(of name: String, by nameOf: (Element) -> String) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if nameOf(self[middle]) < name { low = middle + 1 } else { high = middle }
        }
        return low < count && nameOf(self[low]) == name ? low : nil
    }
}

/// What all the programs of the product say when they are asked for their version.
package enum ProductVersion {
    package static let current = "0.1.0"
}

/// The row a statement stands on, lent to a closure.
///
/// It cannot be copied or kept: after the next step its columns are others.
package struct Row: ColumnReader, ~Copyable {
    package let handle: OpaquePointer
}
